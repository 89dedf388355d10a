"""What keeps a task definition from running on the local container instances, in words (pure).

Source of what ECS allows: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
"""

from typing import Any

_NETWORK_MODES = ("awsvpc", "bridge", "host")
_OF_THE_MACHINE = ("/boot", "/cgroup", "/dev", "/etc", "/lib", "/proc", "/run", "/sys", "/usr", "/var/run")
"""Directories of a host whose content a task would expect: here an instance has no files but those of its tasks."""
_MISSING_IN_TASKS = {
    "ipcMode": "ipcMode",
    "inferenceAccelerators": "inference accelerators",
    "proxyConfiguration": "App Mesh proxies",
    "enableFaultInjection": "fault injection",
}
_MISSING_IN_CONTAINERS = {
    "hostname": "host names of containers",
    "disableNetworking": "disableNetworking",
    "dnsServers": "DNS servers of containers",
    "dnsSearchDomains": "DNS search domains of containers",
    "extraHosts": "extra hosts of containers",
    "dockerSecurityOptions": "Docker security options",
    "credentialSpecs": "credential specifications",
    "firelensConfiguration": "FireLens",
    "links": "links between containers: the containers of a task reach each other at localhost",
    "resourceRequirements": "GPUs and accelerators",
}
_MISSING_IN_LINUX_PARAMETERS = {"devices": "devices", "maxSwap": "swap limits", "swappiness": "swap limits"}
"""Members that ECS has on EC2 and this machine has not, and what they are."""


def problem(definition: dict[str, Any]) -> str | None:
    """Returns what keeps a registered task definition from running on a container instance, or None."""
    mode = definition.get("networkMode") or "bridge"
    if mode not in _NETWORK_MODES:
        return f"The local ECS has no network mode {mode} on EC2: use one of {', '.join(_NETWORK_MODES)}."
    if definition.get("pidMode") == "host":
        return "The local ECS has no pidMode host: a container instance is no machine."
    family = (definition.get("runtimePlatform") or {}).get("operatingSystemFamily") or "LINUX"
    if family != "LINUX":
        return f"The local ECS runs Linux containers only, not {family}."
    containers = definition["containerDefinitions"]
    return (
        _missing(definition, _MISSING_IN_TASKS)
        or next(filter(None, map(_volume_problem, definition.get("volumes") or [])), None)
        or next(filter(None, (_container_problem(c, mode) for c in containers)), None)
        or _memory_problem(definition)
    )


def _container_problem(container: dict[str, Any], mode: str) -> str | None:
    configuration = container.get("logConfiguration")
    if configuration and configuration["logDriver"] != "awslogs":
        return f"The local ECS has no log driver {configuration['logDriver']}: use awslogs."
    for mapping in container.get("portMappings") or []:
        if mapping.get("containerPortRange"):
            return "The local ECS has no port ranges on container instances: name each port."
        if mode == "bridge" and mapping.get("protocol", "tcp") != "tcp":
            return "The local ECS passes on TCP only in the network mode bridge: use awsvpc or host for UDP."
    return _missing(container, _MISSING_IN_CONTAINERS) or _missing(
        container.get("linuxParameters") or {}, _MISSING_IN_LINUX_PARAMETERS
    )


def _volume_problem(volume: dict[str, Any]) -> str | None:
    path = (volume.get("host") or {}).get("sourcePath") or ""
    if path == "/" or any(path == known or path.startswith(f"{known}/") for known in _OF_THE_MACHINE):
        return f"The local ECS has no {path} on container instances: an instance is no machine."
    docker = volume.get("dockerVolumeConfiguration") or {}
    for member in ("driverOpts", "labels"):
        if docker.get(member):
            return f"The local ECS has no {member} for Docker volumes."
    if (docker.get("driver") or "local") != "local":
        return f"The local ECS has no volume driver {docker['driver']}: use local."
    return None


def _memory_problem(definition: dict[str, Any]) -> str | None:
    if definition.get("memory"):
        return None
    for container in definition["containerDefinitions"]:
        if not container.get("memory") and not container.get("memoryReservation"):
            return (
                f"Invalid setting for container '{container['name']}'. At least one of 'memory' or 'memoryReservation' "
                "must be specified."
            )
    return None


def _missing(given: dict[str, Any], members: dict[str, str]) -> str | None:
    for member, what in members.items():
        if given.get(member):
            return f"The local ECS has no {what} ({member}) on container instances."
    return None
