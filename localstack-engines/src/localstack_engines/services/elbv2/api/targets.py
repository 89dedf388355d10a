"""Operations on targets."""

import ipaddress

from localstack.aws.api import RequestContext

from localstack_engines.services.elbv2 import store as records
from localstack_engines.services.elbv2.api import descriptions
from localstack_engines.services.elbv2.api.operations import Operations, Request, Response
from localstack_engines.services.elbv2.control.balancers import refusals
from localstack_engines.services.elbv2.errors import validation
from localstack_engines.services.elbv2.models import Json, Target, TargetGroup
from localstack_engines.toolkit.errors import ServiceError


class TargetOperations(Operations):
    """Registers and deregisters targets, and tells their health."""

    def register_targets(self, context: RequestContext, request: Request) -> Response:
        group = self.target_group(context, request["TargetGroupArn"])
        targets = [_target(group, item) for item in request["Targets"]]
        with refusals():
            self.balancers.targets.register(group, targets)
        return {}

    def deregister_targets(self, context: RequestContext, request: Request) -> Response:
        group = self.target_group(context, request["TargetGroupArn"])
        found = [target for item in request["Targets"] for target in _matching(group, item)]
        missing = [item["Id"] for item in request["Targets"] if not _matching(group, item)]
        if missing:
            raise _invalid(f"The following targets are not registered with the target group: {', '.join(missing)}")
        with refusals():
            self.balancers.targets.deregister(group, found)
        return {}

    def describe_target_health(self, context: RequestContext, request: Request) -> Response:
        group = self.target_group(context, request["TargetGroupArn"])
        is_used, items = bool(self.store.users(group)), request.get("Targets")
        if not items:
            found = [descriptions.target_health(group, one, is_used) for one in list(group.targets.values())]
            return {"TargetHealthDescriptions": found}
        return {"TargetHealthDescriptions": [_health(group, item, is_used) for item in items]}


def _target(group: TargetGroup, item: Json) -> Target:
    """Returns a new target. Raises InvalidTarget or ValidationError."""
    identifier, port = item["Id"], item.get("Port") or group.port
    if group.target_type == "instance":
        address = records.instance_address(group.scope, identifier)
        if address is None:
            raise _invalid(
                "The following targets are not in a running state and cannot be registered: " + repr(identifier)
            )
        return Target(identifier, port, address)
    try:
        address = str(ipaddress.IPv4Address(identifier))
    except ValueError as error:
        raise validation(f"The IP address '{identifier}' is not a valid IPv4 address") from error
    return Target(identifier, port, address, item.get("AvailabilityZone"))


def _matching(group: TargetGroup, item: Json) -> list[Target]:
    """Returns the targets that a request names: those of all ports when it names none."""
    return [
        target
        for target in list(group.targets.values())
        if target.id == item["Id"] and item.get("Port") in (None, target.port)
    ]


def _health(group: TargetGroup, item: Json, is_used: bool) -> Json:
    port = item.get("Port") or group.port
    target = group.targets.get((item["Id"], port))
    if target is not None:
        return descriptions.target_health(group, target, is_used)
    return {
        "Target": {"Id": item["Id"], "Port": port},
        "TargetHealth": {
            "State": "unused",
            "Reason": "Target.NotRegistered",
            "Description": "Target is not registered to the target group",
        },
    }


def _invalid(message: str) -> ServiceError:
    return ServiceError("InvalidTarget", message)
