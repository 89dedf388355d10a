"""Actions of listeners and rules: from a request to the stored form, with AWS's limits.

Source: the reference of API_Action and its structures.
"""

import re

from localstack_engines.services.elbv2.api.operations import Operations
from localstack_engines.services.elbv2.errors import (
    invalid_configuration,
    not_supported,
    target_group_not_found,
    validation,
)
from localstack_engines.services.elbv2.models import Json, LoadBalancer, TargetGroup
from localstack_engines.toolkit.errors import ServiceError

_REDIRECT = {
    "Protocol": "#{protocol}",
    "Host": "#{host}",
    "Port": "#{port}",
    "Path": "/#{path}",
    "Query": "#{query}",
}
_MOST_GROUPS = 5
_MAX_WEIGHT = 999
_MAX_BODY = 1024
_CONTENT_TYPES = ("text/plain", "text/css", "text/html", "application/javascript", "application/json")
_GROUPS_OF = {"HTTP": ("HTTP", "HTTPS"), "HTTPS": ("HTTP", "HTTPS"), "TCP": ("TCP",), "TLS": ("TCP", "TLS")}
"""The protocols of target groups to which a listener of a protocol may forward."""


def stored(operations: Operations, balancer: LoadBalancer, protocol: str, actions: list[Json]) -> list[Json]:
    """Returns the actions as AWS describes them. Raises its errors.

    A rule has one action that answers; those that would come before it authenticate, which is not supported.
    """
    for action in actions:
        if action["Type"] not in ("forward", "redirect", "fixed-response"):
            raise not_supported(f"The action '{action['Type']}'")
    if len(actions) != 1:
        raise _invalid(
            "Exactly one of the actions must be forward, redirect or fixed-response, and it must be the last"
        )
    action = actions[0]
    if action["Type"] != "forward" and not balancer.is_application:
        raise _invalid(f"The action '{action['Type']}' is not valid for a Network Load Balancer")
    order = {"Order": action["Order"]} if action.get("Order") else {}
    if action["Type"] == "redirect":
        return [{"Type": "redirect", **order, "RedirectConfig": _redirect(action.get("RedirectConfig"))}]
    if action["Type"] == "fixed-response":
        config = _fixed_response(action.get("FixedResponseConfig"))
        return [{"Type": "fixed-response", **order, "FixedResponseConfig": config}]
    return [{"Type": "forward", **order, **_forward(operations, balancer, protocol, action)}]


def _forward(operations: Operations, balancer: LoadBalancer, protocol: str, action: Json) -> Json:
    config = action.get("ForwardConfig") or {}
    single = action.get("TargetGroupArn")
    entries = config.get("TargetGroups") or ([{"TargetGroupArn": single}] if single else [])
    if not entries:
        raise validation("A target group ARN must be specified")
    if single and [entry.get("TargetGroupArn") for entry in entries] != [single]:
        raise validation("The target group of an action must be the only one of its forward configuration")
    limit = _MOST_GROUPS if balancer.is_application else 1
    if len(entries) > limit:
        raise ServiceError("TooManyTargetGroups", f"An action has at most {limit} target groups")
    if (config.get("TargetGroupStickinessConfig") or {}).get("Enabled"):
        raise not_supported("The stickiness of clients to target groups")
    found = []
    for entry in entries:
        weight = 1 if entry.get("Weight") is None else entry["Weight"]
        if not 0 <= weight <= _MAX_WEIGHT:
            raise validation(f"The weight of a target group must be between 0 and {_MAX_WEIGHT}")
        _check_group(operations, balancer, protocol, entry.get("TargetGroupArn") or "")
        found.append({"TargetGroupArn": entry["TargetGroupArn"], "Weight": weight})
    if len({entry["TargetGroupArn"] for entry in found}) < len(found):
        raise validation("A target group must be specified only once")
    forward = {"TargetGroups": found, "TargetGroupStickinessConfig": {"Enabled": False}}
    return {**({"TargetGroupArn": found[0]["TargetGroupArn"]} if len(found) == 1 else {}), "ForwardConfig": forward}


def _check_group(operations: Operations, balancer: LoadBalancer, protocol: str, arn: str) -> None:
    group = operations.store.region_of(balancer.scope).target_groups.get(arn)
    if group is None:
        raise target_group_not_found()
    if group.protocol not in _GROUPS_OF[protocol]:
        message = (
            f"The listener protocol '{protocol}' is not supported with the target group protocol '{group.protocol}'"
        )
        raise ServiceError("IncompatibleProtocols", message)
    if group.vpc_id != balancer.vpc_id:
        raise invalid_configuration(
            f"The following target groups do not belong to the same VPC as load balancer '{balancer.arn}': {arn}"
        )
    _check_only_user(operations, balancer, group)


def _check_only_user(operations: Operations, balancer: LoadBalancer, group: TargetGroup) -> None:
    if any(user is not balancer for user in operations.store.users(group)):
        message = f"The following target groups cannot be associated with more than one load balancer: {group.arn}"
        raise ServiceError("TargetGroupAssociationLimit", message)


def _redirect(config: Json | None) -> Json:
    if not config:
        raise validation("A redirect configuration must be specified")
    found = {**_REDIRECT, **{name: value for name, value in config.items() if value is not None}}
    if found["Protocol"].upper() not in ("HTTP", "HTTPS", "#{PROTOCOL}"):
        raise validation(f"The redirect protocol '{found['Protocol']}' must be HTTP, HTTPS or #{{protocol}}")
    port = found["Port"]
    if port != "#{port}" and not (port.isascii() and port.isdigit() and 1 <= int(port) <= 65535):
        raise validation(f"The redirect port '{port}' must be 1 to 65535 or #{{port}}")
    if not found["Path"].startswith("/"):
        raise validation(f"The redirect path '{found['Path']}' must begin with a '/' character")
    if all(found[name] == value for name, value in _REDIRECT.items()):
        raise _invalid("The redirect configuration is not valid because it creates a loop")
    for name in _REDIRECT:
        check_text(found[name], "redirect")
    return found


def _fixed_response(config: Json | None) -> Json:
    if not config:
        raise validation("A fixed response configuration must be specified")
    status, body = config["StatusCode"], config.get("MessageBody") or ""
    if not re.fullmatch(r"[245]\d\d", status):
        raise validation(f"The status code '{status}' must be 2XX, 4XX or 5XX")
    if len(body) > _MAX_BODY:
        raise validation(f"The message body has at most {_MAX_BODY} characters")
    if config.get("ContentType") not in (None, "", *_CONTENT_TYPES):
        raise validation(f"The content type '{config['ContentType']}' must be one of {', '.join(_CONTENT_TYPES)}")
    return {name: value for name, value in config.items() if value is not None}


def check_text(text: str, what: str) -> None:
    """Raises ValidationError for text that cannot be a part of an HTTP header."""
    if any(ord(character) < 32 or ord(character) > 126 for character in text):
        raise validation(f"The {what} has a character that is not printable ASCII: {text!r}")


def _invalid(message: str) -> ServiceError:
    return ServiceError("InvalidLoadBalancerAction", message)
