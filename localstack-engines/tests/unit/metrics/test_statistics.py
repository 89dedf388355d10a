"""Statistics of values and of sets of values."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localstack_engines.metrics.distribution import Distribution, rounded
from localstack_engines.metrics.statistics import Point, is_percentile, statistic


def value(number: float, count: float = 1) -> Point:
    return Point(0, count, number * count, number, number)


def test_plain_statistics() -> None:
    points = [value(1), Point(0, 3, 9, 2, 5)]
    found = {name: statistic(name, points) for name in ("SampleCount", "Sum", "Average", "Minimum", "Maximum")}
    assert found == {"SampleCount": 4, "Sum": 10, "Average": 2.5, "Minimum": 1, "Maximum": 5}


def test_a_percentile_is_a_value_that_occurred() -> None:
    points = [value(10, 98), value(500), value(900)]
    assert [statistic(name, points) for name in ("p50", "p98", "p99", "p99.9", "p100")] == [10, 10, 500, 900, 900]


def test_a_set_with_different_values_has_no_percentile() -> None:
    assert statistic("p99", [value(1), Point(0, 3, 9, 2, 5)]) is None


def test_nothing_has_no_statistics() -> None:
    assert statistic("Average", []) is None
    assert statistic("p50", []) is None


def test_other_statistics_are_refused() -> None:
    assert not is_percentile("p101")
    assert not is_percentile("tm99")
    with pytest.raises(ValueError, match="tm99"):
        statistic("tm99", [value(1)])


@given(st.floats(min_value=0, max_value=1e9))
def test_rounding_keeps_a_value_within_five_percent(number: float) -> None:
    assert abs(rounded(number) - number) <= max(0.5, number * 0.05)


def test_a_distribution_counts_what_is_alike() -> None:
    distribution = Distribution()
    for number in (7, 7, 1234, 1199):
        distribution.add(number)
    assert (distribution.values, distribution.counts) == ([7, 1200], [2, 2])
