"""ECS as a target of EventBridge's rules: each matched event, or each time of a schedule, runs tasks.

Source: https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_EcsParameters.html
"""

import json
from typing import Any

_LONGEST_STARTED_BY = 36


def install() -> None:
    """Makes LocalStack's EventBridge run tasks. Its own target for ECS only raises an error when an event arrives."""
    from localstack.services.events.models import ValidationException
    from localstack.services.events.target import TargetSender, TargetSenderFactory

    class EcsTargetSender(TargetSender):
        """Calls RunTask with the target's EcsParameters."""

        def send_event(self, event: Any, trace_header: Any) -> None:
            response = self.client.run_task(
                cluster=self.target["Arn"], **arguments(self.target["EcsParameters"], self.rule_name, event)
            )
            if response["failures"]:
                raise RuntimeError(f"RunTask failed: {response['failures']}")

        def _validate_input(self, target: Any) -> None:
            super()._validate_input(target)
            if found := problem(target.get("EcsParameters") or {}):
                raise ValidationException(f"Target {target.get('Id')}: {found}")

    TargetSenderFactory.register_target_sender("ecs", EcsTargetSender)


def problem(parameters: dict[str, Any]) -> str | None:
    """Returns what keeps EcsParameters from running a task, or None."""
    if not parameters.get("TaskDefinitionArn"):
        return "EcsParameters.TaskDefinitionArn is required for an ECS target."
    is_placed = parameters.get("PlacementConstraints") or parameters.get("PlacementStrategy")
    if is_placed and parameters.get("LaunchType") == "FARGATE":
        return "Placement constraints and strategies are not supported with FARGATE launch type."
    if parameters.get("LaunchType") not in (None, "EC2", "FARGATE"):
        return f"The local ECS has no {parameters['LaunchType']} launch type: use EC2 or FARGATE."
    return None


def arguments(parameters: dict[str, Any], rule: str, event: Any) -> dict[str, Any]:
    """Returns the arguments of RunTask, without the cluster (pure).

    An event has overrides only if the target's Input or InputTransformer makes them.
    """
    network = (parameters.get("NetworkConfiguration") or {}).get("awsvpcConfiguration")
    given = {
        "taskDefinition": parameters["TaskDefinitionArn"],
        "count": parameters.get("TaskCount") or 1,
        "launchType": parameters.get("LaunchType"),
        "capacityProviderStrategy": parameters.get("CapacityProviderStrategy"),
        "platformVersion": parameters.get("PlatformVersion"),
        "group": parameters.get("Group"),
        "networkConfiguration": {"awsvpcConfiguration": _uncapitalized(network)} if network else None,
        "enableECSManagedTags": parameters.get("EnableECSManagedTags"),
        "enableExecuteCommand": parameters.get("EnableExecuteCommand"),
        "propagateTags": parameters.get("PropagateTags"),
        "placementConstraints": parameters.get("PlacementConstraints"),
        "placementStrategy": parameters.get("PlacementStrategy"),
        "referenceId": parameters.get("ReferenceId"),
        "tags": [_uncapitalized(tag) for tag in parameters.get("Tags") or []],
        "overrides": _overrides(event),
        "startedBy": f"events-rule/{rule}"[:_LONGEST_STARTED_BY],
    }
    return {key: value for key, value in given.items() if value}


def _overrides(event: Any) -> dict[str, Any]:
    """Returns the overrides in the input of a target, which are at its top level."""
    if isinstance(event, str):
        try:
            event = json.loads(event)
        except ValueError:
            return {}
    if not isinstance(event, dict):
        return {}
    known = ("containerOverrides", "cpu", "memory", "taskRoleArn", "executionRoleArn", "ephemeralStorage")
    return {key: value for key, value in event.items() if key in known} if "detail-type" not in event else {}


def _uncapitalized(members: dict[str, Any]) -> dict[str, Any]:
    return {key[0].lower() + key[1:]: value for key, value in members.items()}
