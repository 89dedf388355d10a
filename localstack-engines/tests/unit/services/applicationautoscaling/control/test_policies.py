"""The counts that policies ask for."""

import pytest

from localstack_engines.services.applicationautoscaling.control import step_scaling, target_tracking


@pytest.mark.parametrize(
    ("count", "value", "target", "wanted"),
    [(1, 100, 50, 2), (2, 51, 50, 3), (3, 20, 60, 1), (3, 50, 50, 3), (0, 100, 50, 2), (3, 0.1, 0.1, 3), (4, 0, 50, 0)],
)
def test_target_tracking_is_proportional(count: int, value: float, target: float, wanted: int) -> None:
    assert target_tracking.wanted(count, value, target) == wanted


def test_a_resource_label_names_load_balancer_and_target_group() -> None:
    assert target_tracking.split_label("app/web/50dc6c/targetgroup/tg/6d0ecf") == (
        "app/web/50dc6c",
        "targetgroup/tg/6d0ecf",
    )
    with pytest.raises(ValueError, match="net"):
        target_tracking.split_label("net/web/50dc6c/targetgroup/tg/6d0ecf")


STEPS = [
    {"MetricIntervalUpperBound": -10, "ScalingAdjustment": -20},
    {"MetricIntervalLowerBound": -10, "MetricIntervalUpperBound": 0, "ScalingAdjustment": -10},
    {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 10, "ScalingAdjustment": 10},
    {"MetricIntervalLowerBound": 10, "ScalingAdjustment": 30},
]


def configuration(kind: str, **more: int) -> dict[str, object]:
    return {"AdjustmentType": kind, "StepAdjustments": STEPS, **more}


@pytest.mark.parametrize(("breach", "wanted"), [(0, 11), (9.9, 11), (10, 13), (-0.1, 9), (-10, 8), (-99, 8)])
def test_percentages_of_the_step_that_covers_the_breach(breach: float, wanted: int) -> None:
    assert step_scaling.wanted(configuration("PercentChangeInCapacity"), 10, breach) == wanted


def test_rounding_and_the_least_change() -> None:
    # AWS's examples: a change of 6.67 is 6, one of 0.67 is 1.
    assert step_scaling.wanted(configuration("PercentChangeInCapacity"), 2, 0) == 3
    assert step_scaling.wanted(configuration("PercentChangeInCapacity"), 67, 0) == 73
    assert step_scaling.wanted(configuration("PercentChangeInCapacity", MinAdjustmentMagnitude=3), 10, 0) == 13


def test_changes_and_exact_counts() -> None:
    assert step_scaling.wanted(configuration("ChangeInCapacity"), 1, 0) == 11
    assert step_scaling.wanted(configuration("ChangeInCapacity"), 5, -1) == 0
    assert step_scaling.wanted(configuration("ExactCapacity"), 1, 20) == 30
    only_above = {"AdjustmentType": "ChangeInCapacity", "StepAdjustments": STEPS[2:]}
    assert step_scaling.wanted(only_above, 1, -5) is None


def test_intervals_cover_a_range_once() -> None:
    assert step_scaling.problem(STEPS) is None
    assert "gap" in (step_scaling.problem([STEPS[0], STEPS[2]]) or "")
    assert "overlap" in (
        step_scaling.problem([STEPS[2], {"MetricIntervalLowerBound": 5, "ScalingAdjustment": 1}]) or ""
    )
