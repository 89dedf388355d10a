"""The rules for task definitions that moto does not check, in ECS's words (pure)."""

import re
from typing import Any

from localstack_engines.services.ecs.api import fargate_sizes
from localstack_engines.services.ecs.engine.dependencies import find_cycle
from localstack_engines.services.ecs.engine.task_spec import ContainerSpec

_FAMILY = re.compile(r"[a-zA-Z0-9_-]{1,255}")
_MOST_CONTAINERS = 10


def problem(request: dict[str, Any]) -> str | None:
    """Returns what a RegisterTaskDefinition request does wrong (the first rule that it breaks), or None."""
    containers = request.get("containerDefinitions") or []
    if not _FAMILY.fullmatch(request.get("family") or ""):
        return "Family must contain only letters, numbers, hyphens and underscores and have at most 255 characters."
    if not containers:
        return "Container definitions should not be null or empty."
    if len(containers) > _MOST_CONTAINERS:
        return f"Too many container definitions: at most {_MOST_CONTAINERS} are allowed."
    names = [c.get("name") for c in containers]
    if len(set(names)) != len(names):
        return "Container names must be unique within a task definition."
    if not any(c.get("essential", True) for c in containers):
        return "Invalid 'containerDefinitions' setting: at least one container must be essential."
    return _dependency_problem(containers) or _volume_problem(request) or _fargate_problem(request)


def _dependency_problem(containers: list[dict[str, Any]]) -> str | None:
    by_name = {c["name"]: c for c in containers}
    for container in containers:
        for dependency in container.get("dependsOn") or []:
            other = by_name.get(dependency["containerName"])
            if other is None:
                return (
                    f"The container {container['name']} depends on {dependency['containerName']}, which does not exist."
                )
            if dependency["condition"] == "HEALTHY" and not other.get("healthCheck"):
                return f"{other['name']} must have a health check: {container['name']} depends on its health."
            if dependency["condition"] in ("COMPLETE", "SUCCESS") and other.get("essential", True):
                return f"{other['name']} must not be essential: {container['name']} waits for its end."
    specs = [
        ContainerSpec(c["name"], "", depends_on={d["containerName"]: d["condition"] for d in c.get("dependsOn") or []})
        for c in containers
    ]
    cycle = find_cycle(specs)
    return f"Container dependencies must not be circular: {', '.join(cycle)}." if cycle else None


def _volume_problem(request: dict[str, Any]) -> str | None:
    volumes = {v["name"]: v for v in request.get("volumes") or []}
    for volume in volumes.values():
        if volume.get("efsVolumeConfiguration") or volume.get("fsxWindowsFileServerVolumeConfiguration"):
            return f"The local ECS has no EFS or FSx volumes: {volume['name']}."
        if (volume.get("host") or {}).get("sourcePath"):
            return "host.sourcePath should not be set for volumes in Fargate."
    for container in request["containerDefinitions"]:
        for mount in container.get("mountPoints") or []:
            if mount.get("sourceVolume") not in volumes:
                return f"Unknown volume '{mount.get('sourceVolume')}'."
    return None


def _fargate_problem(request: dict[str, Any]) -> str | None:
    if "FARGATE" not in (request.get("requiresCompatibilities") or []):
        return None
    if request.get("networkMode") != "awsvpc":
        return "Fargate only supports network mode 'awsvpc'."
    for size in ("cpu", "memory"):
        if not request.get(size):
            return f"Fargate requires that '{size}' be defined at the task level."
    if not fargate_sizes.is_offered(request["cpu"], request["memory"]):
        return "No Fargate configuration exists for given values."
    if request.get("executionRoleArn"):
        return None
    for container in request["containerDefinitions"]:
        driver = (container.get("logConfiguration") or {}).get("logDriver")
        if driver == "awslogs":
            return "Fargate requires task definition to have execution role ARN to support log driver awslogs."
        if container.get("secrets"):
            return "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
    return None
