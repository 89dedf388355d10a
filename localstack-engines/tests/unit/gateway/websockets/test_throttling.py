"""Token buckets of stages and routes."""

import time

import pytest

from localstack_engines.gateway.model import Throttle
from localstack_engines.gateway.websockets.model import Stage
from localstack_engines.gateway.websockets.throttling import Throttling


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time, which only the test changes."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_a_stage_without_a_limit_lets_everything_pass() -> None:
    throttling = Throttling()
    assert all(throttling.passes("a", Stage(name="s"), "x") for _ in range(1000))


def test_tokens_come_back_at_the_rate(clock: list[float]) -> None:
    throttling, stage = Throttling(), Stage(name="s", throttle=Throttle(rate=2, burst=3))
    assert [throttling.passes("a", stage, "x") for _ in range(4)] == [True, True, True, False]
    clock[0] += 0.5
    assert [throttling.passes("a", stage, "y") for _ in range(2)] == [True, False]
    clock[0] += 3600
    assert [throttling.passes("a", stage, "x") for _ in range(4)] == [True, True, True, False]


def test_a_route_with_its_own_limit_takes_nothing_from_its_stage(clock: list[float]) -> None:
    one = Throttle(rate=1, burst=1)
    throttling, stage = Throttling(), Stage(name="s", throttle=one, throttles={"x": one})
    assert throttling.passes("a", stage, "x")
    assert throttling.passes("a", stage, "y")
    assert not throttling.passes("a", stage, "x")
    assert throttling.passes("b", stage, "x")


def test_a_changed_limit_and_a_removed_stage_begin_anew(clock: list[float]) -> None:
    throttling = Throttling()
    small, large = (Stage(name="s", throttle=Throttle(rate=1, burst=burst)) for burst in (1, 2))
    assert [throttling.passes("a", small, "x") for _ in range(2)] == [True, False]
    assert [throttling.passes("a", large, "x") for _ in range(3)] == [True, True, False]
    throttling.forget({("a", "other")})
    assert throttling.passes("a", large, "x")


def test_a_rate_or_burst_of_zero_lets_nothing_pass(clock: list[float]) -> None:
    assert not Throttling().passes("a", Stage(name="s", throttle=Throttle(rate=5, burst=0)), "x")
