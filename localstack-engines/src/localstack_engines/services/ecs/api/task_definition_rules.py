"""The rules for task definitions, in ECS's words (pure)."""

import re
from typing import Any

from localstack_engines.services.ecs.api import container_rules, fargate_rules
from localstack_engines.services.ecs.engine.dependencies import find_cycle
from localstack_engines.services.ecs.engine.task_spec import ContainerSpec

_FAMILY = re.compile(r"[a-zA-Z0-9_-]{1,255}")
_MOST_CONTAINERS = 10
_COMPATIBILITIES = {"EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"}


def problem(request: dict[str, Any]) -> str | None:
    """Returns what a RegisterTaskDefinition request does wrong (the first rule that it breaks), or None."""
    containers = request.get("containerDefinitions") or []
    if not _FAMILY.fullmatch(request.get("family") or ""):
        return "Family must contain only letters, numbers, hyphens and underscores and have at most 255 characters."
    if not containers:
        return "Container definitions should not be null or empty."
    if len(containers) > _MOST_CONTAINERS:
        return f"Too many container definitions: at most {_MOST_CONTAINERS} are allowed."
    for member in ("name", "image"):
        if not all(c.get(member) for c in containers):
            return f"Container.{member} should not be null or empty."
    names = [c["name"] for c in containers]
    if len(set(names)) != len(names):
        return "Container names must be unique within a task definition."
    if not any(c.get("essential", True) for c in containers):
        return "Invalid 'containerDefinitions' setting: at least one container must be essential."
    unknown = set(request.get("requiresCompatibilities") or ()) - _COMPATIBILITIES
    if unknown:
        return f"Unknown compatibility: {', '.join(sorted(unknown))}."
    return (
        next(filter(None, (container_rules.problem(c) for c in containers)), None)
        or _reference_problem(containers)
        or _volume_problem(request)
        or (fargate_rules.problem(request) if "FARGATE" in (request.get("requiresCompatibilities") or []) else None)
    )


def _reference_problem(containers: list[dict[str, Any]]) -> str | None:
    """Returns what is wrong with the containers' references to each other."""
    by_name = {c["name"]: c for c in containers}
    for container in containers:
        for dependency in container.get("dependsOn") or []:
            if found := _dependency_problem(container, dependency, by_name):
                return found
        for source in container.get("volumesFrom") or []:
            if source.get("sourceContainer") not in by_name:
                return f"Unknown source container '{source.get('sourceContainer')}' in volumesFrom."
    specs = [ContainerSpec(c["name"], "", depends_on=_references(c)) for c in containers]
    cycle = find_cycle(specs)
    return f"Container dependencies must not be circular: {', '.join(cycle)}." if cycle else None


def _dependency_problem(container: dict[str, Any], dependency: dict[str, str], by_name: dict[str, Any]) -> str | None:
    name, condition = container["name"], dependency["condition"]
    other = by_name.get(dependency["containerName"])
    if other is None:
        return f"The container {name} depends on {dependency['containerName']}, which does not exist."
    if condition not in ("START", "COMPLETE", "SUCCESS", "HEALTHY"):
        return f"Unknown condition '{condition}' of the dependency of {name} on {other['name']}."
    if condition == "HEALTHY" and not other.get("healthCheck"):
        return f"{other['name']} must have a health check: {name} depends on its health."
    if condition in ("COMPLETE", "SUCCESS") and other.get("essential", True):
        return f"{other['name']} must not be essential: {name} waits for its end."
    return None


def _references(container: dict[str, Any]) -> dict[str, str]:
    """Returns the containers that have to exist before this one."""
    sources = {source["sourceContainer"]: "START" for source in container.get("volumesFrom") or []}
    return {**sources, **{d["containerName"]: d["condition"] for d in container.get("dependsOn") or []}}


def _volume_problem(request: dict[str, Any]) -> str | None:
    volumes = {v["name"]: v for v in request.get("volumes") or []}
    for volume in volumes.values():
        if found := _file_system_problem(volume.get("efsVolumeConfiguration") or {}):
            return found
        for member, what in _MISSING_VOLUMES.items():
            if volume.get(member):
                return f"The local ECS has no {what} volumes: {volume['name']}."
    for container in request["containerDefinitions"]:
        for mount in container.get("mountPoints") or []:
            if mount.get("sourceVolume") not in volumes:
                return f"Unknown volume '{mount.get('sourceVolume')}'."
    return None


def _file_system_problem(configuration: dict[str, Any]) -> str | None:
    authorization = configuration.get("authorizationConfig") or {}
    if not authorization.get("accessPointId"):
        return None
    if configuration.get("transitEncryption") != "ENABLED":
        return "EFS transit encryption must be enabled when an EFS access point is used."
    if (configuration.get("rootDirectory") or "/") != "/":
        return "The root directory must be omitted or set to / when an EFS access point is used."
    return None


_MISSING_VOLUMES = {
    "fsxWindowsFileServerVolumeConfiguration": "FSx",
    "s3filesVolumeConfiguration": "S3",
    "configuredAtLaunch": "EBS",
}
"""Kinds of volumes that ECS has and this machine has not, by their member."""
