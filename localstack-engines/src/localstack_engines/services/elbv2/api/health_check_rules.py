"""The health check of a target group: AWS's defaults and limits.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html and the same
page of Network Load Balancers.
"""

from typing import Any

from localstack_engines.services.elbv2.engine.health_check import matching_codes
from localstack_engines.services.elbv2.errors import not_supported, validation
from localstack_engines.services.elbv2.models import Json

TRAFFIC_PORT = "traffic-port"
_MEMBERS = (
    "HealthCheckProtocol",
    "HealthCheckPort",
    "HealthCheckEnabled",
    "HealthCheckPath",
    "HealthCheckIntervalSeconds",
    "HealthCheckTimeoutSeconds",
    "HealthyThresholdCount",
    "UnhealthyThresholdCount",
)
_HTTP = ("HTTP", "HTTPS")
_MAX_PATH = 1024


def check(protocol: str, request: dict[str, Any], current: Json | None = None) -> Json:
    """Returns the members of a group's health check: the request's, then the current ones, then AWS's defaults.

    `protocol` is the group's. Raises ValidationError or InvalidConfigurationRequest.
    """
    given = {name: request[name] for name in _MEMBERS if request.get(name) is not None}
    of_group = "HTTP" if protocol in _HTTP else "TCP"
    used = given.get("HealthCheckProtocol") or (current or {}).get("HealthCheckProtocol") or of_group
    _check_protocol(of_group, used)
    if given.get("HealthCheckEnabled") is False:
        raise validation("Health checks must be enabled for target groups with target type 'ip' or 'instance'")
    found = {**_defaults(of_group, used), **_kept(current or {}, used), **given}
    if used in _HTTP:
        found["Matcher"] = _matcher(request.get("Matcher"), found["Matcher"], of_group)
    elif request.get("Matcher") or "HealthCheckPath" in given:
        raise validation(f"Health check path and matcher are not supported with the health check protocol '{used}'")
    _check_values(found, of_group)
    return found


def _defaults(of_group: str, used: str) -> Json:
    is_application = of_group == "HTTP"
    found: Json = {
        "HealthCheckProtocol": used,
        "HealthCheckPort": TRAFFIC_PORT,
        "HealthCheckEnabled": True,
        "HealthCheckIntervalSeconds": 30,
        "HealthCheckTimeoutSeconds": 5 if is_application else 6 if used in _HTTP else 10,
        "HealthyThresholdCount": 5,
        "UnhealthyThresholdCount": 2,
    }
    if used in _HTTP:
        found |= {"HealthCheckPath": "/", "Matcher": {"HttpCode": "200" if is_application else "200-399"}}
    return found


def _kept(current: Json, used: str) -> Json:
    """Returns the current members that the protocol has."""
    return {
        name: value for name, value in current.items() if used in _HTTP or name not in ("HealthCheckPath", "Matcher")
    }


def _check_protocol(of_group: str, used: str) -> None:
    if used not in ("HTTP", "HTTPS", "TCP") or (of_group == "HTTP" and used == "TCP"):
        raise validation(f"Health check protocol '{used}' is not supported for target groups of this protocol")


def _matcher(given: Json | None, current: Json, of_group: str) -> Json:
    if given is None:
        return current
    if given.get("GrpcCode"):
        raise not_supported("A matcher of gRPC codes")
    text, lowest, highest = str(given.get("HttpCode") or ""), 200, 499 if of_group == "HTTP" else 599
    try:
        codes = matching_codes(text)
    except ValueError:
        codes = frozenset()
    if not codes or not all(lowest <= code <= highest for code in codes):
        raise validation(f"Health check matcher HTTP code '{text}' must be within '{lowest}-{highest}' inclusive")
    return {"HttpCode": text}


def _check_values(found: Json, of_group: str) -> None:
    port, path = found["HealthCheckPort"], found.get("HealthCheckPath", "/")
    if port != TRAFFIC_PORT and not (port.isascii() and port.isdigit() and 1 <= int(port) <= 65535):
        raise validation(f"Health check port '{port}' is not valid")
    if not path.startswith("/") or len(path) > _MAX_PATH or any(not 32 < ord(one) < 127 for one in path):
        raise validation(f"Health check path '{path}' must begin with a '/' character")
    interval, timeout = found["HealthCheckIntervalSeconds"], found["HealthCheckTimeoutSeconds"]
    if timeout > interval or (timeout == interval and of_group == "HTTP"):
        limit = "smaller than" if of_group == "HTTP" else "smaller than or equal to"
        raise validation(f"Health check timeout '{timeout}' must be {limit} the interval '{interval}'")
