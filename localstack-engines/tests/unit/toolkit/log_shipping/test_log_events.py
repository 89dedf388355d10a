"""Batches of log events keep the lines' order and PutLogEvents' limits."""

from localstack_engines.toolkit.log_shipping.log_events import batches


def test_order_is_kept_and_empty_lines_are_left_out() -> None:
    [batch] = list(batches([(5, "a"), (4, "b"), (6, ""), (7, "c")]))
    assert batch == [{"timestamp": t, "message": m} for t, m in [(5, "a"), (5, "b"), (7, "c")]]


def test_limits_of_a_batch() -> None:
    assert [len(b) for b in batches([(1, "x")] * 10_001)] == [10_000, 1]
    big = "é" * 300_000
    assert [len(b) for b in batches([(1, big)] * 3)] == [1, 1, 1]
    [[event]] = list(batches([(1, "é" * 600_000)]))
    assert len(event["message"].encode()) <= 1_048_576 - 26
