"""Plans of rolling updates. A simulation checks that each roll-out keeps its limits and ends."""

import math

from hypothesis import given
from hypothesis import strategies as st

from localstack_engines.services.ecs.control.deployment_plan import Counts, Plan, limits, plan

NONE = Counts(active=0, healthy=0)


def test_limits_round_as_aws_does() -> None:
    assert limits(3, 50, 150) == (2, 4)
    assert limits(1, 100, 200) == (1, 2)
    assert limits(0, 100, 200) == (0, 0)


def test_a_new_service_starts_everything() -> None:
    assert plan(3, 100, 200, NONE, NONE) == Plan(start=3, stop_current=0, stop_previous=0)


def test_one_task_is_replaced_without_a_gap() -> None:
    old = Counts(active=1, healthy=1)
    assert plan(1, 100, 200, NONE, old) == Plan(start=1, stop_current=0, stop_previous=0)
    assert plan(1, 100, 200, Counts(1, 0), old).is_idle
    assert plan(1, 100, 200, Counts(1, 1), old) == Plan(start=0, stop_current=0, stop_previous=1)


def test_the_old_task_stops_first_when_the_maximum_is_reached() -> None:
    old = Counts(active=1, healthy=1)
    assert plan(1, 0, 100, NONE, old) == Plan(start=0, stop_current=0, stop_previous=1)
    assert plan(2, 50, 100, NONE, Counts(2, 2)) == Plan(start=0, stop_current=0, stop_previous=1)


def test_previous_tasks_that_do_not_serve_stop_at_once() -> None:
    assert plan(2, 100, 200, NONE, Counts(active=2, healthy=0)).stop_previous == 2


def test_scaling_in_stops_the_surplus() -> None:
    assert plan(1, 100, 200, Counts(3, 3), NONE) == Plan(start=0, stop_current=2, stop_previous=0)


@given(
    desired=st.integers(0, 20),
    old=st.integers(0, 20),
    minimum=st.integers(0, 100),
    maximum=st.integers(100, 300),
)
def test_every_roll_out_ends_and_stays_within_its_limits(desired: int, old: int, minimum: int, maximum: int) -> None:
    lowest, highest = limits(desired, minimum, maximum)
    if lowest == highest and desired:
        maximum = math.ceil((desired + 1) * 100 / desired)  # without this no step would be allowed, as on AWS
        lowest, highest = limits(desired, minimum, maximum)
    new_active = new_healthy = 0
    for _ in range(200):
        step = plan(desired, minimum, maximum, Counts(new_active, new_healthy), Counts(old, old))
        if step.is_idle and new_active == new_healthy:
            break
        serving_before = old + new_healthy
        old -= step.stop_previous
        new_active += step.start - step.stop_current
        new_healthy = min(new_healthy, new_active)
        assert old + new_healthy >= min(lowest, serving_before)
        assert not step.start or old + new_active <= highest
        new_healthy = new_active
    assert (new_active, old) == (desired, 0)
