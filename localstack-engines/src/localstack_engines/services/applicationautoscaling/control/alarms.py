"""The CloudWatch alarms of target tracking policies."""

import uuid
from contextlib import ExitStack
from typing import Any

from localstack_engines.metrics import alarm_actions, period
from localstack_engines.services.applicationautoscaling.control import target_tracking
from localstack_engines.services.applicationautoscaling.models import Policy, TargetKey

_KINDS = ("AlarmHigh", "AlarmLow")


def put(policy: Policy) -> None:
    """Makes the policy's alarms. They replace those that it had, which stay when CloudWatch refuses the new ones."""
    client, made = _client(policy.key), []
    where = f"arn:aws:cloudwatch:{policy.key.region}:{policy.key.account}:alarm"
    wanted = target_tracking.alarms(policy, period.seconds())
    with ExitStack() as undo:
        for kind, parameters in zip(_KINDS, wanted, strict=False):
            name = f"TargetTracking-{policy.key.resource_id}-{kind}-{uuid.uuid4()}"
            client.put_metric_alarm(AlarmName=name, **parameters)
            undo.callback(client.delete_alarms, AlarmNames=[name])
            made.append({"AlarmName": name, "AlarmARN": f"{where}:{name}"})
        remove(policy)
        undo.pop_all()
    policy.alarms = made


def remove(policy: Policy) -> None:
    """Deletes the alarms that `put` made."""
    if policy.alarms:
        _client(policy.key).delete_alarms(AlarmNames=[alarm["AlarmName"] for alarm in policy.alarms])
        policy.alarms = []


def is_high(policy: Policy, name: str) -> bool:
    """Whether a name is that of the policy's alarm for a scale-out."""
    return bool(policy.alarms) and policy.alarms[0]["AlarmName"] == name


def attached(policy: Policy) -> list[dict[str, str]]:
    """Returns the names and ARNs of the alarms whose action is the policy."""
    if policy.alarms:
        return policy.alarms
    pages = _client(policy.key).get_paginator("describe_alarms").paginate()
    return [
        {"AlarmName": alarm["AlarmName"], "AlarmARN": alarm["AlarmArn"]}
        for page in pages
        for alarm in page["MetricAlarms"]
        if policy.arn in alarm.get("AlarmActions", [])
    ]


def ready_to_scale_in(policy: Policy) -> float | None:
    """Returns the metric's last value if the policy's low alarm is in the state ALARM, else None."""
    if len(policy.alarms) < len(_KINDS):
        return None
    return alarm_actions.breaching_value(policy.alarms[1]["AlarmARN"])


def _client(key: TargetKey) -> Any:
    from localstack.aws.connect import connect_to

    return connect_to(aws_access_key_id=key.account, region_name=key.region).cloudwatch
