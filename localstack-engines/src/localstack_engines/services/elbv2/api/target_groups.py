"""Operations on target groups."""

import re

from localstack.aws.api import RequestContext

from localstack_engines.services.elbv2 import attributes
from localstack_engines.services.elbv2 import store as records
from localstack_engines.services.elbv2.api import descriptions, health_check_rules
from localstack_engines.services.elbv2.api.operations import Operations, Request, Response
from localstack_engines.services.elbv2.api.paging import page
from localstack_engines.services.elbv2.api.tag_rules import given_tags
from localstack_engines.services.elbv2.errors import in_use, not_supported, target_group_not_found, validation
from localstack_engines.services.elbv2.models import TargetGroup
from localstack_engines.services.elbv2.store import scope_of
from localstack_engines.toolkit.errors import ServiceError

_NAME = re.compile(r"[a-zA-Z0-9]([a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?")
_PROTOCOLS = ("HTTP", "HTTPS", "TCP", "TLS")
_TARGET_TYPES = ("ip", "instance")
_VERSIONS = ("HTTP1", "HTTP2")


class TargetGroupOperations(Operations):
    """Creates, changes, deletes and describes target groups."""

    def create_target_group(self, context: RequestContext, request: Request) -> Response:
        group = self._checked(context, request)
        with self.store.lock:
            groups = self.store.region(context).target_groups
            known = next((one for one in groups.values() if one.name == group.name), None)
            if known is None:
                groups[group.arn] = known = group
            elif _settings(known) != _settings(group):
                message = f"A target group with the same name '{group.name}' exists, but with different settings"
                raise ServiceError("DuplicateTargetGroupName", message)
        return {"TargetGroups": [descriptions.target_group(self.store, known)]}

    def _checked(self, context: RequestContext, request: Request) -> TargetGroup:
        """Returns the record that a request describes. Raises AWS's errors."""
        scope, kind, protocol = scope_of(context), request.get("TargetType") or "instance", request.get("Protocol")
        if not _NAME.fullmatch(request["Name"]):
            raise validation(
                "The target group name must have 1 to 32 alphanumeric characters or hyphens, and must not begin or end "
                "with a hyphen"
            )
        if kind not in _TARGET_TYPES:
            raise not_supported(f"The target type '{kind}'")
        if protocol is None:
            raise validation("A protocol must be specified")
        if protocol not in _PROTOCOLS:
            raise not_supported(f"The target group protocol '{protocol}'")
        if request.get("Port") is None:
            raise validation("A port must be specified")
        if not request.get("VpcId"):
            raise validation("A VPC ID must be specified")
        if not records.vpc_exists(scope, request["VpcId"]):
            raise validation(f"The VPC ID '{request['VpcId']}' is not found")
        if (request.get("IpAddressType") or "ipv4") != "ipv4":
            raise not_supported(f"The IP address type '{request['IpAddressType']}'")
        return TargetGroup(
            scope,
            request["Name"],
            kind,
            protocol,
            request["Port"],
            request["VpcId"],
            health_check_rules.check(protocol, request),
            attributes.defaults(attributes.of_target_group(protocol)),
            given_tags(request),
            _version(protocol, request.get("ProtocolVersion")),
        )

    def modify_target_group(self, context: RequestContext, request: Request) -> Response:
        group = self.target_group(context, request["TargetGroupArn"])
        with self.balancers.change_group(group):
            group.check = health_check_rules.check(group.protocol, request, group.check)
        return {"TargetGroups": [descriptions.target_group(self.store, group)]}

    def delete_target_group(self, context: RequestContext, request: Request) -> Response:
        """Deletes a target group. One that does not exist is deleted, as on AWS."""
        groups = self.store.region(context).target_groups
        with self.balancers.group_changes, self.store.lock:
            group = groups.get(request["TargetGroupArn"])
            if group is None:
                return {}
            if self.store.users(group):
                raise in_use(f"Target group '{group.arn}' is currently in use by a listener or a rule")
            del groups[group.arn]
            self.balancers.targets.watch(group)
        return {}

    def describe_target_groups(self, context: RequestContext, request: Request) -> Response:
        found = list(self.store.region(context).target_groups.values())
        if arn := request.get("LoadBalancerArn"):
            balancer = self.load_balancer(context, arn)
            found = [group for group in found if balancer in self.store.users(group)]
        if arns := request.get("TargetGroupArns"):
            found = [self.target_group(context, arn) for arn in arns]
        if names := request.get("Names"):
            found = [group for group in found if group.name in names]
            if set(names) - {group.name for group in found}:
                raise target_group_not_found()
        items, more = page(found, request)
        return {"TargetGroups": [descriptions.target_group(self.store, group) for group in items], **more}

    def describe_target_group_attributes(self, context: RequestContext, request: Request) -> Response:
        group = self.target_group(context, request["TargetGroupArn"])
        return {"Attributes": attributes.described(group.attributes)}

    def modify_target_group_attributes(self, context: RequestContext, request: Request) -> Response:
        group = self.target_group(context, request["TargetGroupArn"])
        with self.balancers.change_group(group):
            table = attributes.of_target_group(group.protocol)
            wanted = attributes.changed(table, group.attributes, request["Attributes"])
            if (wanted.get("stickiness.type"), wanted["stickiness.enabled"]) == ("app_cookie", "true"):
                _check_cookie(wanted["stickiness.app_cookie.cookie_name"])
            group.attributes = wanted
        return {"Attributes": attributes.described(group.attributes)}


def _version(protocol: str, version: str | None) -> str | None:
    if protocol not in ("HTTP", "HTTPS"):
        if version is not None:
            raise validation("The protocol version is only supported with the protocols HTTP and HTTPS")
        return None
    if version not in (None, *_VERSIONS):
        raise not_supported(f"The protocol version '{version}'")
    return version or "HTTP1"


def _settings(group: TargetGroup) -> tuple[object, ...]:
    return group.target_type, group.protocol, group.port, group.vpc_id, group.check, group.protocol_version


def _check_cookie(name: str) -> None:
    """Raises ValidationError for a name that no cookie has (RFC 6265, 4.1.1), or that AWS keeps for itself."""
    if not re.fullmatch(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+", name) or name.upper().startswith("AWSALB"):
        raise validation(f"'{name}' is not a valid value for 'stickiness.app_cookie.cookie_name'")
