"""Application Auto Scaling: metrics, alarms and schedules change the number of a service's tasks."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lab import metrics
from lab.ecs import Json, Lab
from lab.errors import refused
from lab.localstack import in_container
from lab.waiting import until

BUSY_PERIODS = 3
"""Periods of metrics for which a task is busy."""


@pytest.fixture(scope="module")
def lab(aws: Callable[..., Any]) -> Iterator[Lab]:
    with Lab(aws) as lab:
        yield lab


@pytest.fixture(scope="module")
def scaling(aws: Callable[..., Any]) -> Any:
    return aws("application-autoscaling")


@pytest.fixture(scope="module")
def cloudwatch(aws: Callable[..., Any]) -> Any:
    return aws("cloudwatch")


@pytest.fixture(scope="module")
def period(plugin: dict[str, Any]) -> int:
    """The seconds between two metrics of a task."""
    return int(plugin["metric_seconds"])


@pytest.fixture
def target(lab: Lab, scaling: Any, unique: str, cleanup: Callable[..., None]) -> Json:
    """A service with one task, which may have three."""
    lab.serve(unique, lab.register(lab.container("sleep 3600")))
    return registered(scaling, lab, unique, cleanup)


def registered(scaling: Any, lab: Lab, name: str, cleanup: Callable[..., None], maximum: int = 3) -> Json:
    """Registers a service, and returns what names it."""
    names = {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{lab.name}/{name}",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    scaling.register_scalable_target(**names, MinCapacity=1, MaxCapacity=maximum)
    cleanup(scaling.deregister_scalable_target, **names)
    return names


def wait_for(lab: Lab, target: Json, count: int, seconds: float = 60) -> None:
    name = target["ResourceId"].rsplit("/", 1)[-1]
    until(f"{count} tasks", lambda: lab.service(name)["desiredCount"] == count, seconds)


def step(adjustment: int, **bound: float) -> Json:
    return {
        "AdjustmentType": "ChangeInCapacity",
        "Cooldown": 0,
        "StepAdjustments": [{"ScalingAdjustment": adjustment, **(bound or {"MetricIntervalLowerBound": 0})}],
    }


def test_busy_tasks_get_another_one_and_idle_tasks_lose_it(
    lab: Lab, scaling: Any, cloudwatch: Any, unique: str, period: int, cleanup: Callable[..., None]
) -> None:
    busy = f"timeout {BUSY_PERIODS * period} sh -c 'while :; do :; done'; sleep 3600"
    lab.serve(unique, lab.register(lab.container(busy)))
    target = registered(scaling, lab, unique, cleanup, maximum=2)
    dimensions = [{"Name": "ClusterName", "Value": lab.name}, {"Name": "ServiceName", "Value": unique}]
    # The machine may be so busy that the task gets less than it has reserved.
    for name, adjustment, operator, threshold in (
        ("out", step(1), "GreaterThanThreshold", 12),
        ("in", step(-1, MetricIntervalUpperBound=0), "LessThanThreshold", 3),
    ):
        arn = scaling.put_scaling_policy(**target, PolicyName=name, StepScalingPolicyConfiguration=adjustment)
        cloudwatch.put_metric_alarm(
            AlarmName=f"{unique}-{name}",
            Namespace="AWS/ECS",
            MetricName="CPUUtilization",
            Dimensions=dimensions,
            Statistic="Maximum",
            Period=period,
            EvaluationPeriods=1,
            Threshold=threshold,
            ComparisonOperator=operator,
            AlarmActions=[arn["PolicyARN"]],
        )
        cleanup(cloudwatch.delete_alarms, AlarmNames=[f"{unique}-{name}"])
    wait_for(lab, target, 2, 30 + 4 * period)
    wait_for(lab, target, 1, 30 + (BUSY_PERIODS + 5) * period)
    activities = scaling.describe_scaling_activities(**target)["ScalingActivities"]
    assert [one["Description"] for one in activities] == ["Setting desired count to 1.", "Setting desired count to 2."]
    assert f"monitor alarm {unique}-out in state ALARM triggered policy out" in activities[1]["Cause"]


def test_target_tracking_keeps_a_metric_near_its_target(
    lab: Lab, scaling: Any, cloudwatch: Any, target: Json, unique: str, period: int
) -> None:
    configuration = {
        "TargetValue": 10.0,
        "ScaleOutCooldown": 0,
        "ScaleInCooldown": 0,
        "CustomizedMetricSpecification": {"Namespace": unique, "MetricName": "Load", "Statistic": "Average"},
    }
    policy = {"PolicyName": "load", "PolicyType": "TargetTrackingScaling"}
    metrics.put(cloudwatch, unique, "Load", 25, period=period, count=20)
    made = scaling.put_scaling_policy(**target, **policy, TargetTrackingScalingPolicyConfiguration=configuration)
    high, low = (alarm["AlarmName"] for alarm in made["Alarms"])
    assert high.startswith(f"TargetTracking-{target['ResourceId']}-AlarmHigh-")
    wait_for(lab, target, 3)
    # A policy that must not scale in has no alarm for it.
    kept = {**configuration, "DisableScaleIn": True}
    changed = scaling.put_scaling_policy(**target, **policy, TargetTrackingScalingPolicyConfiguration=kept)
    assert len(changed["Alarms"]) == 1
    assert cloudwatch.describe_alarms(AlarmNames=[high, low])["MetricAlarms"] == []
    scaling.delete_scaling_policy(**target, PolicyName="load")
    # Another metric says that a third of the tasks is enough.
    configuration["CustomizedMetricSpecification"] = {
        "Namespace": unique,
        "MetricName": "Idle",
        "Statistic": "Average",
    }
    metrics.put(cloudwatch, unique, "Idle", 3, period=period, count=20)
    scaling.put_scaling_policy(**target, **policy, TargetTrackingScalingPolicyConfiguration=configuration)
    wait_for(lab, target, 1)


def test_limits_apply_at_once_and_the_activity_ends_when_the_tasks_run(lab: Lab, scaling: Any, target: Json) -> None:
    scaling.register_scalable_target(**target, MinCapacity=2)
    wait_for(lab, target, 2)
    [activity] = scaling.describe_scaling_activities(**target)["ScalingActivities"]
    assert activity["Cause"] == "minimum capacity was set to 2"

    def is_over() -> bool:
        [found] = scaling.describe_scaling_activities(**target)["ScalingActivities"]
        return found["StatusCode"] == "Successful"

    until("the tasks to run", is_over)
    name = target["ResourceId"].rsplit("/", 1)[-1]
    assert lab.service(name)["runningCount"] == 2


def test_a_scheduled_action_changes_the_limits_in_time(lab: Lab, scaling: Any, target: Json) -> None:
    moment = (datetime.now(UTC) + timedelta(seconds=3)).strftime("%Y-%m-%dT%H:%M:%S")
    action = {"ScheduledActionName": "soon", "Schedule": f"at({moment})"}
    scaling.put_scheduled_action(**target, **action, ScalableTargetAction={"MinCapacity": 2})
    assert scaling.describe_scheduled_actions(**target)["ScheduledActions"][0]["Schedule"] == f"at({moment})"
    name = target["ResourceId"].rsplit("/", 1)[-1]
    assert lab.service(name)["desiredCount"] == 1
    wait_for(lab, target, 2)
    refused(
        scaling.put_scheduled_action,
        "ValidationException",
        "Invalid schedule",
        **target,
        ScheduledActionName="never",
        Schedule="cron(0 12 * *)",
        ScalableTargetAction={"MinCapacity": 2},
    )


def test_cron_expressions_have_awss_weekdays_and_the_clock_of_their_zone() -> None:
    """1 is Sunday, L the last day of the week, and 6L the last Friday of the month. Noon is noon in summer, too."""
    program = (
        "from datetime import datetime, UTC\n"
        "from localstack_engines.services.applicationautoscaling.control.schedule import next_time\n"
        "noon, march = datetime(2026, 3, 1, 12, tzinfo=UTC), datetime(2026, 3, 28, 20, tzinfo=UTC)\n"
        "for days in ('1', 'MON-FRI', '7', 'L', '6L'):\n"
        "    print(next_time(f'cron(30 6 ? * {days} *)', 'Europe/Berlin', noon, noon).isoformat())\n"
        "print(next_time('cron(0 12 * * ? *)', 'Europe/Berlin', march, march).isoformat())\n"
    )
    found = in_container("python", "-c", program).split()
    # The first of March is a Sunday, and summer time begins on the 29th.
    assert found == [
        "2026-03-08T06:30:00+01:00",
        "2026-03-02T06:30:00+01:00",
        "2026-03-07T06:30:00+01:00",
        "2026-03-07T06:30:00+01:00",
        "2026-03-27T06:30:00+01:00",
        "2026-03-29T12:00:00+02:00",
    ]


def test_suspended_scaling_changes_nothing(lab: Lab, scaling: Any, cloudwatch: Any, target: Json, unique: str) -> None:
    arn = scaling.put_scaling_policy(**target, PolicyName="out", StepScalingPolicyConfiguration=step(1))["PolicyARN"]
    cloudwatch.put_metric_alarm(
        AlarmName=unique,
        Namespace=unique,
        MetricName="Load",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
        TreatMissingData="ignore",
        AlarmActions=[arn],
    )
    try:
        scaling.register_scalable_target(**target, SuspendedState={"DynamicScalingOutSuspended": True})
        cloudwatch.set_alarm_state(AlarmName=unique, StateValue="ALARM", StateReason="test")
        assert scaling.describe_scaling_activities(**target)["ScalingActivities"] == []
        cloudwatch.set_alarm_state(AlarmName=unique, StateValue="OK", StateReason="test")
        scaling.register_scalable_target(**target, SuspendedState={"DynamicScalingOutSuspended": False})
        cloudwatch.set_alarm_state(AlarmName=unique, StateValue="ALARM", StateReason="test")
        wait_for(lab, target, 2)
    finally:
        cloudwatch.delete_alarms(AlarmNames=[unique])


def test_what_is_not_there_or_not_supported_is_refused(lab: Lab, scaling: Any, target: Json) -> None:
    table = {
        "ServiceNamespace": "dynamodb",
        "ResourceId": "table/t",
        "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
    }
    limits = {"MinCapacity": 1, "MaxCapacity": 2}
    register = scaling.register_scalable_target
    refused(register, "ValidationException", "namespace dynamodb", **table, **limits)
    absent = {**target, "ResourceId": f"service/{lab.name}/absent"}
    refused(register, "ValidationException", "doesn't exist", **absent, **limits)
    refused(register, "ValidationException", "less than minimum", **target, MinCapacity=3, MaxCapacity=2)
    policy = {"PolicyName": "p", "StepScalingPolicyConfiguration": step(1)}
    refused(scaling.put_scaling_policy, "ObjectNotFoundException", "No scalable target", **absent, **policy)
    overlapping = [
        {"MetricIntervalLowerBound": 0, "ScalingAdjustment": 1},
        {"MetricIntervalLowerBound": 5, "ScalingAdjustment": 2},
    ]
    policy["StepScalingPolicyConfiguration"] = {**step(1), "StepAdjustments": overlapping}
    refused(scaling.put_scaling_policy, "ValidationException", "overlap", **target, **policy)
    assert scaling.describe_scaling_policies(**target)["ScalingPolicies"] == []
