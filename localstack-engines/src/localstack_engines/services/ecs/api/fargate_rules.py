"""What Fargate, or the local ECS, refuses in a task definition, in ECS's words (pure).

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
"""

from collections.abc import Iterable
from typing import Any

from localstack_engines.services.ecs.api import fargate_sizes

_UNSUPPORTED_IN_TASKS = ("placementConstraints", "inferenceAccelerators")
_UNSUPPORTED_IN_CONTAINERS = (
    "privileged",
    "disableNetworking",
    "dnsServers",
    "dnsSearchDomains",
    "extraHosts",
    "dockerSecurityOptions",
    "credentialSpecs",
)
_UNSUPPORTED_IN_LINUX_PARAMETERS = ("devices", "sharedMemorySize", "maxSwap", "swappiness")
_UNSUPPORTED_WITH_AWSVPC = {"links": "Links are", "hostname": "Hostname is"}
_ADDABLE_CAPABILITIES = {"SYS_PTRACE"}

_MISSING_HERE = {
    "firelensConfiguration": "FireLens",
    "proxyConfiguration": "App Mesh proxies",
    "enableFaultInjection": "fault injection",
    "trustedExecutionConfiguration": "trusted execution",
}
"""Members that Fargate has and this machine has not."""


def problem(request: dict[str, Any]) -> str | None:
    """Returns what keeps the task definition from running on Fargate (the first rule that it breaks), or None."""
    return (
        _task_problem(request)
        or _platform_problem(request)
        or _volume_problem(request.get("volumes") or [])
        or next(filter(None, (_container_problem(c) for c in request["containerDefinitions"])), None)
        or _size_problem(request)
        or _execution_role_problem(request)
    )


def _task_problem(request: dict[str, Any]) -> str | None:
    if request.get("networkMode") != "awsvpc":
        return "Fargate only supports network mode 'awsvpc'."
    for size in ("cpu", "memory"):
        if not request.get(size):
            return f"Fargate requires that '{size}' be defined at the task level."
    if not fargate_sizes.is_offered(request["cpu"], request["memory"]):
        return "No Fargate configuration exists for given values."
    if request.get("ipcMode"):
        return "Tasks using the Fargate launch type do not support ipcMode."
    return _unsupported(request, _UNSUPPORTED_IN_TASKS) or _missing_here(request) or _storage_problem(request)


def _storage_problem(request: dict[str, Any]) -> str | None:
    size = (request.get("ephemeralStorage") or {}).get("sizeInGiB")
    if size is not None and not fargate_sizes.is_offered_storage(size):
        return f"Invalid 'ephemeralStorage.sizeInGiB' setting for task: {size} is not between 21 and 200."
    return None


def _platform_problem(request: dict[str, Any]) -> str | None:
    family = (request.get("runtimePlatform") or {}).get("operatingSystemFamily") or "LINUX"
    return None if family == "LINUX" else f"The local ECS runs Linux containers only, not {family}."


def _volume_problem(volumes: list[dict[str, Any]]) -> str | None:
    for volume in volumes:
        if (volume.get("host") or {}).get("sourcePath"):
            return "Fargate compatible task definitions do not support sourcePath"
        if volume.get("dockerVolumeConfiguration"):
            return "Fargate compatible task definitions do not support dockerVolumeConfiguration"
    return None


def _container_problem(container: dict[str, Any]) -> str | None:
    linux = container.get("linuxParameters") or {}
    added = set((linux.get("capabilities") or {}).get("add") or ()) - _ADDABLE_CAPABILITIES
    for member, subject in _UNSUPPORTED_WITH_AWSVPC.items():
        if container.get(member):
            return f"{subject} not supported on container when networkMode=awsvpc."
    if added:
        return f"Fargate compatible task definitions do not support adding the capabilities {', '.join(sorted(added))}"
    return (
        _unsupported(container, _UNSUPPORTED_IN_CONTAINERS)
        or _unsupported(linux, _UNSUPPORTED_IN_LINUX_PARAMETERS)
        or _missing_here(container)
        or resource_problem(container)
        or _port_problem(container)
        or _log_problem(container)
    )


def resource_problem(container: dict[str, Any]) -> str | None:
    """Returns what is wrong with a container's, or an override's, requirement of devices."""
    for requirement in container.get("resourceRequirements") or []:
        return f"Fargate compatible task definitions do not support {requirement['type']} resource requirements"
    return None


def _port_problem(container: dict[str, Any]) -> str | None:
    for mapping in container.get("portMappings") or []:
        if (mapping.get("hostPort") or mapping.get("containerPort")) != mapping.get("containerPort"):
            return "When networkMode=awsvpc, the host ports and container ports in port mappings must match."
    return None


def _log_problem(container: dict[str, Any]) -> str | None:
    configuration = container.get("logConfiguration")
    if not configuration or configuration["logDriver"] == "awslogs":
        return None
    driver = configuration["logDriver"]
    if driver in ("splunk", "awsfirelens"):
        return f"The local ECS has no log driver {driver}: use awslogs."
    return f"Fargate compatible task definitions do not support log driver {driver}"


def _size_problem(request: dict[str, Any]) -> str | None:
    units, mib = fargate_sizes.units(request["cpu"]), fargate_sizes.mib(request["memory"])
    containers = request["containerDefinitions"]
    if any((c.get("memory") or 0) > mib for c in containers):
        return "The 'memory' setting for container is greater than for the task."
    if sum(c.get("memoryReservation") or c.get("memory") or 0 for c in containers) > mib:
        return f"The containers reserve more memory than the task has, which is {mib} MiB."
    if sum(c.get("cpu") or 0 for c in containers) > units:
        return f"The containers have more CPU units than the task, which has {units}."
    return None


def _execution_role_problem(request: dict[str, Any]) -> str | None:
    if request.get("executionRoleArn"):
        return None
    for container in request["containerDefinitions"]:
        if (container.get("logConfiguration") or {}).get("logDriver") == "awslogs":
            return "Fargate requires task definition to have execution role ARN to support log driver awslogs."
        if container.get("repositoryCredentials"):
            return "Fargate requires task definition to have execution role ARN to support private registries."
        if container.get("environmentFiles"):
            return "Fargate requires task definition to have execution role ARN to support environment files."
        if container.get("secrets"):
            return "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
    return None


def _unsupported(given: dict[str, Any], members: Iterable[str]) -> str | None:
    for member in members:
        if given.get(member):
            return f"Fargate compatible task definitions do not support {member}"
    return None


def _missing_here(given: dict[str, Any]) -> str | None:
    for member, what in _MISSING_HERE.items():
        if given.get(member):
            return f"The local ECS has no {what} ({member})."
    return None
