"""The graph of steps: their order, and what happens when one fails."""

import threading

import pytest

from ops import processes
from ops.lifecycle import steps
from ops.lifecycle.steps import Report, Step


class Recorder:
    """A board that records its calls."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []

    def started(self, name: str) -> None:
        self.seen.append(("started", name))

    def detail(self, name: str, line: str) -> None:
        self.seen.append((line, name))

    def finished(self, name: str, seconds: float, note: str) -> None:
        self.seen.append(("finished", name))

    def failed(self, name: str, seconds: float) -> None:
        self.seen.append(("failed", name))


@pytest.fixture(autouse=True)
def nothing_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "stop_all", lambda: None)  # it would refuse further children of this process


def work(report: Report) -> None:
    report.detail("working")


def test_a_step_waits_for_those_it_names() -> None:
    board = Recorder()
    steps.run([Step("last", work, ("first", "second")), Step("first", work), Step("second", work, ("first",))], board)
    assert [name for what, name in board.seen if what == "finished"] == ["first", "second", "last"]


def test_independent_steps_run_at_once() -> None:
    meeting = threading.Barrier(2, timeout=5)
    steps.run(
        [Step("one", lambda report: meeting.wait() and None), Step("two", lambda report: meeting.wait() and None)],
        Recorder(),
    )


def test_after_a_failure_nothing_new_starts() -> None:
    def fail(report: Report) -> None:
        raise RuntimeError("no")

    board = Recorder()
    with pytest.raises(RuntimeError, match="no"):
        steps.run([Step("bad", fail), Step("next", work, ("bad",))], board)
    assert ("failed", "bad") in board.seen
    assert ("started", "next") not in board.seen


def test_a_step_that_depends_on_an_unknown_one_is_refused() -> None:
    with pytest.raises(ValueError, match="nobody"):
        steps.run([Step("one", work, ("nobody",))], Recorder())
