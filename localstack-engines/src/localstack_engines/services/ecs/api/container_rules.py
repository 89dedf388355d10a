"""The rules for single containers of a task definition, in ECS's words (pure).

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
"""

import re
from typing import Any

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,255}")
_S3_OBJECT = re.compile(r"arn:aws[a-z-]*:s3:::[^/]+/.+\.env")
_MOST_ENVIRONMENT_FILES = 10
_LEAST_MEMORY_MIB = 6

_RANGES = {
    ("healthCheck", "interval"): (5, 300),
    ("healthCheck", "timeout"): (2, 120),
    ("healthCheck", "retries"): (1, 10),
    ("healthCheck", "startPeriod"): (0, 300),
    ("restartPolicy", "restartAttemptPeriod"): (60, 1800),
    ("startTimeout",): (2, 120),
    ("stopTimeout",): (0, 120),
    ("cpu",): (0, 192 * 1024),
}
"""The least and the greatest value of a member, by its path."""


def problem(container: dict[str, Any]) -> str | None:
    """Returns what is wrong with a container definition, or None."""
    name = container["name"]
    if not _NAME.fullmatch(name):
        return f"Invalid container name '{name}': only letters, numbers, hyphens and underscores, at most 255."
    return (
        _range_problem(container)
        or memory_problem(container)
        or environment_file_problem(container)
        or _port_problem(container)
        or _restart_problem(container)
    )


def memory_problem(container: dict[str, Any]) -> str | None:
    """Returns what is wrong with the memory sizes of a container or of an override."""
    memory, reservation = container.get("memory"), container.get("memoryReservation")
    for member, size in (("memory", memory), ("memoryReservation", reservation)):
        if size is not None and size < _LEAST_MEMORY_MIB:
            return f"Invalid '{member}' setting for container '{container['name']}': at least {_LEAST_MEMORY_MIB} MiB."
    if memory is not None and reservation is not None and reservation > memory:
        return f"Invalid setting for container '{container['name']}'. 'memoryReservation' must not exceed 'memory'."
    return None


def environment_file_problem(container: dict[str, Any]) -> str | None:
    """Returns what is wrong with the environment files of a container or of an override."""
    files = container.get("environmentFiles") or []
    if len(files) > _MOST_ENVIRONMENT_FILES:
        return f"A container can have at most {_MOST_ENVIRONMENT_FILES} environment files."
    for file in files:
        if file["type"] != "s3":
            return f"Invalid environment file type '{file['type']}': the only type is 's3'."
        if not _S3_OBJECT.fullmatch(file["value"]):
            return f"Invalid environment file '{file['value']}': give the ARN of an S3 object whose name ends in .env."
    return None


def _range_problem(container: dict[str, Any]) -> str | None:
    for path, (least, most) in _RANGES.items():
        value: Any = container
        for member in path:
            value = (value or {}).get(member)
        if value is not None and not least <= value <= most:
            where = ".".join(path)
            return f"Invalid '{where}' setting for container '{container['name']}': {value} is not in {least}-{most}."
    return None


def _port_problem(container: dict[str, Any]) -> str | None:
    for mapping in container.get("portMappings") or []:
        if mapping.get("containerPort") is None and not mapping.get("containerPortRange"):
            return "Container port cannot be null or empty."
        for member in ("containerPort", "hostPort"):
            if not 0 <= (mapping.get(member) or 0) <= 65535:
                return f"Invalid '{member}' setting for container '{container['name']}': {mapping[member]}."
        if mapping.get("protocol", "tcp") not in ("tcp", "udp"):
            return f"Invalid protocol '{mapping['protocol']}' for container '{container['name']}': use tcp or udp."
    return None


def _restart_problem(container: dict[str, Any]) -> str | None:
    codes = (container.get("restartPolicy") or {}).get("ignoredExitCodes") or []
    return "A restart policy can ignore at most 50 exit codes." if len(codes) > 50 else None
