"""Lines reach the sink in their order, and the loss of some does not end the delivery of others."""

from localstack_engines.services.ecs.engine.log_shipper import ship
from localstack_engines.toolkit.log_shipping.log_events import LogLine


def test_all_lines_have_been_sent_when_the_thread_ends() -> None:
    sent: list[LogLine] = []
    ship(iter([[(1, "a"), (2, "b")], [(3, "c")]]), sent.extend, "app").join(5)
    assert [text for _, text in sent] == ["a", "b", "c"]


def test_a_sink_that_fails_once_gets_the_later_lines() -> None:
    sent: list[LogLine] = []

    def sink(lines: list[LogLine]) -> None:
        if lines == [(1, "a")]:
            raise RuntimeError("the stream was deleted")
        sent.extend(lines)

    ship(iter([[(1, "a")], [(2, "b")]]), sink, "app").join(5)
    assert sent == [(2, "b")]
