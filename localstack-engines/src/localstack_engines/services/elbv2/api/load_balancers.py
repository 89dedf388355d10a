"""Operations on load balancers."""

import re

from localstack.aws.api import RequestContext

from localstack_engines.network import interfaces
from localstack_engines.network.addresses import SubnetFull
from localstack_engines.network.networks import NetworkConflict
from localstack_engines.services.elbv2 import attributes
from localstack_engines.services.elbv2 import store as records
from localstack_engines.services.elbv2.api import descriptions
from localstack_engines.services.elbv2.api.operations import Operations, Request, Response
from localstack_engines.services.elbv2.api.paging import page
from localstack_engines.services.elbv2.api.tag_rules import given_tags
from localstack_engines.services.elbv2.errors import (
    invalid_configuration,
    load_balancer_not_found,
    not_permitted,
    not_supported,
    validation,
)
from localstack_engines.services.elbv2.models import LoadBalancer, Scope
from localstack_engines.services.elbv2.store import scope_of
from localstack_engines.toolkit.errors import ServiceError

_NAME = re.compile(r"(?!internal-)[a-zA-Z0-9]([a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?")


class LoadBalancerOperations(Operations):
    """Creates, changes, deletes and describes load balancers."""

    def create_load_balancer(self, context: RequestContext, request: Request) -> Response:
        scope, kind = scope_of(context), request.get("Type") or "application"
        if not _NAME.fullmatch(request["Name"]):
            raise validation(
                "The load balancer name must have 1 to 32 alphanumeric characters or hyphens, must not begin or end "
                "with a hyphen, and must not begin with 'internal-'"
            )
        if kind not in ("application", "network"):
            raise not_supported("A Gateway Load Balancer")
        _check_address_type(request.get("IpAddressType"))
        subnets, groups = _subnets(request), list(request.get("SecurityGroups") or [])
        zones, vpc_id = _zones(scope, subnets, kind)
        _check_security_groups(scope, groups, vpc_id)
        if not groups and kind == "application":
            groups = records.default_security_groups(scope, subnets)
        wanted = (kind, request.get("Scheme") or "internet-facing", subnets, groups)
        region = self.store.region(context)
        with self.store.lock:
            known = next((one for one in region.load_balancers.values() if one.name == request["Name"]), None)
            if known is not None:
                return {"LoadBalancers": [descriptions.load_balancer(_same(known, wanted))]}
            balancer = self._make(scope, request, wanted, vpc_id, zones)
            # What a deletion finds has been started, and what cannot be started leaves no record.
            self.balancers.start(balancer)
            region.load_balancers[balancer.arn] = balancer
        return {"LoadBalancers": [descriptions.load_balancer(balancer)]}

    def _make(
        self,
        scope: Scope,
        request: Request,
        wanted: tuple[str, str, list[str], list[str]],
        vpc_id: str,
        zones: dict[str, str],
    ) -> LoadBalancer:
        """Returns a new record, which has its address. Raises AWS's errors for a full subnet or VPC."""
        (kind, scheme, subnets, groups), tags = wanted, given_tags(request)
        try:
            interface = interfaces.attach(
                scope.account, scope.region, subnets[0], groups, f"ELB {request['Name']} ({kind})"
            )
            if not groups and kind == "network":
                # EC2's records put an interface into the default group.
                interfaces.set_groups(scope.account, scope.region, interface, [])
        except SubnetFull as error:
            raise ServiceError(
                "InvalidSubnet",
                f"Not enough IP space available in {subnets[0]}. ELB requires at least 8 free addresses",
            ) from error
        except NetworkConflict as error:
            raise invalid_configuration(str(error)) from error
        return LoadBalancer(
            scope,
            request["Name"],
            kind,
            scheme,
            vpc_id,
            subnets,
            zones,
            groups,
            interface,
            attributes.defaults(attributes.of_load_balancer(kind)),
            tags,
        )

    def delete_load_balancer(self, context: RequestContext, request: Request) -> Response:
        """Deletes a load balancer with its listeners. One that does not exist is deleted, as on AWS."""
        region, arn = self.store.region(context), request["LoadBalancerArn"]
        balancer = region.load_balancers.get(arn)
        if balancer is None:
            return {}
        if balancer.attributes["deletion_protection.enabled"] == "true":
            raise not_permitted(f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled")
        with self.store.lock:
            is_first = region.load_balancers.pop(arn, None) is not None
        if is_first:
            self.balancers.remove(balancer)
        return {}

    def describe_load_balancers(self, context: RequestContext, request: Request) -> Response:
        found = list(self.store.region(context).load_balancers.values())
        if arns := request.get("LoadBalancerArns"):
            found = [self.load_balancer(context, arn) for arn in arns]
        if names := request.get("Names"):
            found = [one for one in found if one.name in names]
            if missing := sorted(set(names) - {one.name for one in found}):
                raise load_balancer_not_found(str(missing))
        items, more = page(found, request)
        return {"LoadBalancers": [descriptions.load_balancer(one) for one in items], **more}

    def describe_load_balancer_attributes(self, context: RequestContext, request: Request) -> Response:
        balancer = self.load_balancer(context, request["LoadBalancerArn"])
        return {"Attributes": attributes.described(balancer.attributes)}

    def modify_load_balancer_attributes(self, context: RequestContext, request: Request) -> Response:
        balancer = self.load_balancer(context, request["LoadBalancerArn"])
        table = attributes.of_load_balancer(balancer.type)
        with self.balancers.change(balancer):
            balancer.attributes = attributes.changed(table, balancer.attributes, request["Attributes"])
            self.balancers.access_logs.check(balancer)
        self.balancers.access_logs.write(balancer)
        return {"Attributes": attributes.described(balancer.attributes)}

    def set_ip_address_type(self, context: RequestContext, request: Request) -> Response:
        balancer = self.load_balancer(context, request["LoadBalancerArn"])
        _check_address_type(request["IpAddressType"])
        return {"IpAddressType": balancer.ip_address_type}

    def set_security_groups(self, context: RequestContext, request: Request) -> Response:
        balancer = self.load_balancer(context, request["LoadBalancerArn"])
        if not balancer.is_application and not balancer.security_groups:
            raise invalid_configuration("A Network Load Balancer that was created without security groups has none")
        _check_security_groups(balancer.scope, request["SecurityGroups"], balancer.vpc_id)
        balancer.security_groups = list(request["SecurityGroups"])
        interfaces.set_groups(
            balancer.scope.account, balancer.scope.region, balancer.interface, balancer.security_groups
        )
        return {"SecurityGroupIds": balancer.security_groups}

    def set_subnets(self, context: RequestContext, request: Request) -> Response:
        """Changes the subnets. The one with the load balancer's address must stay."""
        balancer = self.load_balancer(context, request["LoadBalancerArn"])
        _check_address_type(request.get("IpAddressType"))
        subnets = _subnets(request)
        zones, vpc_id = _zones(balancer.scope, subnets, balancer.type)
        if vpc_id != balancer.vpc_id:
            raise invalid_configuration("The subnets do not belong to the VPC of the load balancer")
        if balancer.interface.subnet_id not in subnets:
            raise not_supported(f"Removing the subnet {balancer.interface.subnet_id}, which has the address,")
        balancer.subnets, balancer.zones = subnets, zones
        return {"AvailabilityZones": descriptions.zones(balancer), "IpAddressType": balancer.ip_address_type}


def _same(known: LoadBalancer, wanted: tuple[str, str, list[str], list[str]]) -> LoadBalancer:
    """Returns the load balancer of this name when it is what the request asks for."""
    kind, scheme, subnets, groups = wanted
    if (known.type, known.scheme, set(known.subnets)) != (kind, scheme, set(subnets)) or set(
        known.security_groups
    ) != set(groups):
        message = f"A load balancer with the same name '{known.name}' exists, but with different settings"
        raise ServiceError("DuplicateLoadBalancerName", message)
    return known


def _subnets(request: Request) -> list[str]:
    """Returns the ids of the subnets in a request, which gives them in one of two members."""
    mapped = [mapping.get("SubnetId") or "" for mapping in request.get("SubnetMappings") or []]
    listed = list(request.get("Subnets") or [])
    if bool(mapped) == bool(listed):
        raise validation("You must specify either subnets or subnet mappings")
    return list(dict.fromkeys(mapped or listed))


def _zones(scope: Scope, subnets: list[str], kind: str) -> tuple[dict[str, str], str]:
    """Returns the zone of each subnet, and their VPC. Raises AWS's errors for subnets that do not go together."""
    found = {}
    for subnet_id in subnets:
        record = records.subnet(scope, subnet_id)
        if record is None:
            raise ServiceError("SubnetNotFound", f"The subnet ID '{subnet_id}' does not exist")
        found[subnet_id] = record
    if len({record.vpc_id for record in found.values()}) > 1:
        raise invalid_configuration("All subnets must belong to the same VPC")
    zones = {subnet_id: str(record.availability_zone) for subnet_id, record in found.items()}
    if len(set(zones.values())) < len(zones):
        raise invalid_configuration(
            "A load balancer cannot be attached to multiple subnets in the same Availability Zone"
        )
    if kind == "application" and len(zones) < 2:
        raise validation("At least two subnets in two different Availability Zones must be specified")
    return zones, str(found[subnets[0]].vpc_id)


def _check_security_groups(scope: Scope, groups: list[str], vpc_id: str) -> None:
    for group_id in groups:
        group = records.security_group(scope, group_id)
        if group is None or group.vpc_id != vpc_id:
            raise ServiceError("InvalidSecurityGroup", f"One or more security groups are invalid: '{group_id}'")


def _check_address_type(kind: str | None) -> None:
    if kind not in (None, "ipv4"):
        raise not_supported(f"The IP address type '{kind}'")
