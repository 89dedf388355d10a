"""The thresholds that AWS documents, and the growing back-off."""

import pytest

from localstack_engines.services.ecs.control.circuit_breaker import backoff, has_tripped, threshold


@pytest.mark.parametrize(("desired", "expected"), [(0, 3), (1, 3), (6, 3), (7, 4), (25, 13), (400, 200), (800, 200)])
def test_threshold_is_half_the_desired_count_within_3_and_200(desired: int, expected: int) -> None:
    assert threshold(desired) == expected


def test_it_trips_at_the_threshold() -> None:
    assert not has_tripped(1, 2)
    assert has_tripped(1, 3)


def test_backoff_starts_after_the_second_failure_and_ends_at_a_minute() -> None:
    assert [backoff(n) for n in range(1, 6)] == [0, 1, 2, 4, 8]
    assert backoff(50) == 60
