"""The rules for the settings of Express services, and AWS's defaults (pure).

Source: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateExpressGatewayService.html
"""

import re
from typing import Any

Json = dict[str, Any]

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,255}")
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/.+")
_CPU, _MEMORY, _PORT, _PATH = "256", "512", 80, "/ping"
_SCALING = {"minTaskCount": 1, "autoScalingMetric": "AVERAGE_CPU", "autoScalingTargetValue": 60}
_PERCENT = ("AVERAGE_CPU", "AVERAGE_MEMORY")
_METRICS = (*_PERCENT, "REQUEST_COUNT_PER_TARGET")
_STREAM_PREFIX = "ecs"
_MOST_PORT = 65535


class NotValid(ValueError):
    """A setting that ECS refuses."""


def check_name(name: str) -> None:
    """Raises NotValid for a name that no service may have."""
    if not _NAME.fullmatch(name):
        raise NotValid("Service names have 1 to 255 letters, numbers, hyphens and underscores.")


def settings(current: Json, request: Json, log_group: str) -> Json:
    """Returns complete settings: the request's, then the current ones (none at first), then AWS's defaults.

    `log_group` is that of a container without a log configuration. Raises NotValid.
    """
    for member in ("executionRoleArn", "infrastructureRoleArn", "taskRoleArn"):
        if request.get(member) and not _ROLE.fullmatch(request[member]):
            raise NotValid(f"{member} is not the ARN of a role: {request[member]}")
    found = {
        "cpu": _CPU,
        "memory": _MEMORY,
        **current,
        **{m: request[m] for m in ("executionRoleArn", "taskRoleArn", "cpu", "memory") if request.get(m)},
    }
    if not found.get("executionRoleArn"):
        raise NotValid("executionRoleArn is required.")
    given = request.get("primaryContainer") or current.get("primaryContainer")
    if not given or not given.get("image"):
        raise NotValid("primaryContainer with an image is required.")
    found["primaryContainer"] = _container(given, current.get("primaryContainer") or {}, log_group)
    return found


def health_check_path(request: Json, current: str = _PATH) -> str:
    """Returns the path of health checks. Raises NotValid."""
    path = str(request.get("healthCheckPath") or current)
    if not path.startswith("/"):
        raise NotValid(f"healthCheckPath must begin with a slash: {path}")
    return path


def scaling(current: Json, request: Json) -> Json:
    """Returns the complete scaling target. Without a maximum it has the minimum. Raises NotValid."""
    given = {key: value for key, value in (request.get("scalingTarget") or {}).items() if value is not None}
    found = {**_SCALING, **current, **given}
    least, metric, value = found["minTaskCount"], found["autoScalingMetric"], found["autoScalingTargetValue"]
    if "maxTaskCount" not in given:
        found["maxTaskCount"] = max(least, current.get("maxTaskCount", 1))
    if least < 1 or found["maxTaskCount"] < least:
        raise NotValid("minTaskCount must be 1 or more, and maxTaskCount not less than it.")
    if metric not in _METRICS:
        raise NotValid(f"autoScalingMetric should be one of [{', '.join(_METRICS)}]")
    if value < 1 or (metric in _PERCENT and value > 100):
        raise NotValid("autoScalingTargetValue must be 1 or more, and at most 100 for a percentage.")
    return found


def _container(given: Json, current: Json, log_group: str) -> Json:
    port = given.get("containerPort") or _PORT
    if not 1 <= port <= _MOST_PORT:
        raise NotValid(f"containerPort must be between 1 and {_MOST_PORT}.")
    default = current.get("awsLogsConfiguration") or {"logGroup": log_group, "logStreamPrefix": _STREAM_PREFIX}
    return {**given, "containerPort": port, "awsLogsConfiguration": given.get("awsLogsConfiguration") or default}
