"""What policies do to the count of a service, alarm by alarm."""

from typing import Any

import pytest

from localstack_engines.metrics.alarm_actions import Signal
from localstack_engines.services.applicationautoscaling.control import ecs_services
from localstack_engines.services.applicationautoscaling.control.capacity import Capacity
from localstack_engines.services.applicationautoscaling.control.scaler import Scaler
from localstack_engines.services.applicationautoscaling.models import STEP, TARGET_TRACKING, Policy, Target, TargetKey
from localstack_engines.services.applicationautoscaling.store import Store

KEY = TargetKey("000000000000", "us-east-1", "ecs", "service/c/s", "ecs:service:DesiredCount")
STEPS = {
    "AdjustmentType": "ChangeInCapacity",
    "StepAdjustments": [
        {"MetricIntervalUpperBound": 0, "ScalingAdjustment": -1},
        {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 10, "ScalingAdjustment": 2},
        {"MetricIntervalLowerBound": 10, "ScalingAdjustment": 3},
    ],
}
TRACKING = {"TargetValue": 50.0}


class Ecs:
    """A service whose count takes effect at once."""

    def __init__(self, count: int) -> None:
        self.count = count

    def counts(self, _key: TargetKey) -> ecs_services.Counts:
        return ecs_services.Counts(self.count, self.count)

    def set_desired(self, _key: TargetKey, count: int) -> None:
        self.count = count


class Scaled:
    """A service with one policy, and limits of 2 and 10 tasks."""

    def __init__(self, patch: pytest.MonkeyPatch, kind: str, configuration: dict[str, Any], count: int) -> None:
        self.ecs = Ecs(count)
        patch.setattr(ecs_services, "counts", self.ecs.counts)
        patch.setattr(ecs_services, "set_desired", self.ecs.set_desired)
        store = Store()
        store.targets[KEY] = Target(KEY, 2, 10, "role")
        self.policy = Policy(KEY, "p", kind, configuration, alarms=[{"AlarmName": "high", "AlarmARN": "high"}])
        store.policies[KEY, "p"] = self.policy
        self._scaler = Scaler(store, Capacity(store))

    def alarm(self, value: float) -> int:
        """Returns the count after an alarm with the threshold 50."""
        self._scaler.run(self.policy.arn, Signal("high", "high", value, 50))
        return self.ecs.count


def test_a_larger_scale_out_in_the_cooldown_counts_the_smaller_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS's example: 3 in the cooldown after 2 adds 1 task. The same alarm in the next minutes adds none."""
    scaled = Scaled(monkeypatch, STEP, STEPS, 2)
    assert [scaled.alarm(value) for value in (55, 55, 70, 70, 55, 70)] == [4, 4, 5, 5, 5, 5]


def test_target_tracking_does_not_count_its_own_change_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    scaled = Scaled(monkeypatch, TARGET_TRACKING, TRACKING, 2)
    assert [scaled.alarm(value) for value in (75, 75, 100, 100, 100)] == [3, 3, 4, 4, 4]


@pytest.mark.parametrize(("count", "value", "after"), [(12, 55, 12), (12, 40, 10), (1, 40, 1), (1, 55, 3), (0, 55, 2)])
def test_a_count_outside_of_the_limits(monkeypatch: pytest.MonkeyPatch, count: int, value: float, after: int) -> None:
    """Neither does a scale-out make the count smaller, nor a scale-in larger."""
    assert Scaled(monkeypatch, STEP, STEPS, count).alarm(value) == after
