"""Target tracking: which metric a policy watches, and the capacity that its value asks for.

Source: https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
"""

import math
from typing import Any

from localstack_engines.services.applicationautoscaling.models import Policy, TargetKey

COOLDOWN_SECONDS = 300
"""The default of both cooldowns for ECS services."""

_HIGH_PERIODS, _LOW_PERIODS = 3, 15
_LOW_SHARE = 0.9
"""The capacity may shrink when the metric is below this share of the target value."""
_OF_ECS = {
    "ECSServiceAverageCPUUtilization": "CPUUtilization",
    "ECSServiceAverageMemoryUtilization": "MemoryUtilization",
}
REQUESTS_PER_TARGET = "ALBRequestCountPerTarget"
PREDEFINED = (*_OF_ECS, REQUESTS_PER_TARGET)
"""The predefined metrics that services of ECS have."""


def wanted(count: int, value: float, target: float) -> int:
    """Returns the count of tasks with which the metric has its target value, if it falls as the count grows."""
    # Without rounding, 3 x 0.1 / 0.1 asks for a fourth task.
    return math.ceil(round(max(count, 1) * value / target, 6))


def metric(policy: Policy) -> dict[str, Any]:
    """Returns the metric and its statistic, as members of PutMetricAlarm."""
    predefined = policy.configuration.get("PredefinedMetricSpecification")
    if predefined is None:
        custom = policy.configuration["CustomizedMetricSpecification"]
        names = ("Namespace", "MetricName", "Dimensions", "Statistic", "Unit")
        return {name: custom[name] for name in names if custom.get(name)}
    kind = predefined["PredefinedMetricType"]
    if kind == REQUESTS_PER_TARGET:
        balancer, group = split_label(predefined["ResourceLabel"])
        dimensions = {"LoadBalancer": balancer, "TargetGroup": group}
        return {**_metric("AWS/ApplicationELB", "RequestCountPerTarget", dimensions), "Statistic": "Sum"}
    return {**_metric("AWS/ECS", _OF_ECS[kind], _of_service(policy.key)), "Statistic": "Average"}


def alarms(policy: Policy, period: int) -> list[dict[str, Any]]:
    """Returns the parameters of the policy's alarms: the high one, then the low one if it may scale in."""
    target = float(policy.configuration["TargetValue"])
    high = ("GreaterThanThreshold", target, _HIGH_PERIODS)
    low = ("LessThanThreshold", target * _LOW_SHARE, _LOW_PERIODS)
    return [
        {
            **metric(policy),
            "AlarmActions": [policy.arn],
            "AlarmDescription": f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy.arn}.",
            "ComparisonOperator": operator,
            "Threshold": threshold,
            "EvaluationPeriods": periods,
            "Period": period,
        }
        for operator, threshold, periods in ((high, low) if policy.scales_in else (high,))
    ]


def split_label(label: str) -> tuple[str, str]:
    """Returns the load balancer and the target group of a resource label. Raises ValueError.

    Its form is `app/<name>/<id>/targetgroup/<name>/<id>`.
    """
    balancer, separator, group = label.partition("/targetgroup/")
    if not separator or balancer.count("/") != 2 or not balancer.startswith("app/") or group.count("/") != 1:
        raise ValueError(label)
    return balancer, f"targetgroup/{group}"


def _metric(namespace: str, name: str, dimensions: dict[str, str]) -> dict[str, Any]:
    listed = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    return {"Namespace": namespace, "MetricName": name, "Dimensions": listed}


def _of_service(key: TargetKey) -> dict[str, str]:
    return {"ClusterName": key.cluster, "ServiceName": key.service}
