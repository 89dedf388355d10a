"""The rules for the load balancers of services and task sets, in ECS's words."""

from typing import Any

from localstack_engines.services.ecs.errors import invalid_parameter
from localstack_engines.services.ecs.store import Definition
from localstack_engines.services.elbv2 import public as elbv2

_MOST_TARGET_GROUPS = 5


def check(balancers: list[dict[str, Any]], definition: Definition) -> None:
    """Raises InvalidParameterException for a target group, container or port that tasks cannot be registered with."""
    if len(balancers) > _MOST_TARGET_GROUPS:
        raise invalid_parameter(f"A service can have at most {_MOST_TARGET_GROUPS} target groups.")
    for balancer in balancers:
        _check_container(balancer, definition)
        _check_target_group(balancer.get("targetGroupArn") or "")


def _check_container(balancer: dict[str, Any], definition: Definition) -> None:
    name, port = balancer.get("containerName"), balancer.get("containerPort")
    container = next((one for one in definition["containerDefinitions"] if one["name"] == name), None)
    if container is None:
        raise invalid_parameter(f"The container {name} does not exist in the task definition.")
    if all(mapping.get("containerPort") != port for mapping in container.get("portMappings") or []):
        raise invalid_parameter(f"The container {name} did not have a container port {port} defined.")


def _check_target_group(arn: str) -> None:
    group = elbv2.target_group(arn)
    if group is None:
        raise invalid_parameter(f"The target group with targetGroupArn {arn} does not exist.")
    if group.target_type != "ip":
        raise invalid_parameter(
            f"The provided target group {arn} has target type {group.target_type}, which is incompatible with the "
            "awsvpc network mode specified in the task definition."
        )
    if not group.is_attached:
        raise invalid_parameter(
            f"The target group with targetGroupArn {arn} does not have an associated load balancer."
        )
