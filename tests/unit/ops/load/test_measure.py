"""Measurements: requests per second, failures and percentiles."""

import itertools

from ops.load.http import Call, Target
from ops.load.measure import Result, load, repeat


async def test_failures_are_counted_separately(target: Target) -> None:
    calls = itertools.cycle([Call("GET", "/length"), Call("GET", "/busy")])
    result = await load(target, "token", calls, connections=2, seconds=0.2)
    assert result.per_second > 0
    assert set(result.failures) == {503}
    assert result.percentile(50) <= result.percentile(99)
    assert len((await repeat(target, "token", Call("GET", "/length"), 5)).latencies) == 5


def test_percentiles_of_no_results_are_nan() -> None:
    assert str(Result.of([]).percentile(50)) == "nan"
    assert Result.of([3.0, 1.0, 2.0]).percentile(50) == 2.0
