"""How a request to one of AWS's APIs leaves a VPC (pure).

The name of an API leads to its interface endpoint if there is one with private DNS. The subnet's route table sends the
rest to a gateway endpoint, or along its default route. Sources:
https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html and
https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
"""

from collections.abc import Iterable
from ipaddress import IPv4Network

from localstack_engines.network.endpoints.model import Caller, Path, VpcEndpoint
from localstack_engines.network.security_groups.model import Endpoint, Interface, Vpc, group_names
from localstack_engines.network.security_groups.rules import may_enter, may_leave

_HTTPS = 443


def path(caller: Caller, endpoints: Iterable[VpcEndpoint], service: str, vpc: Vpc | None) -> Path:
    """Returns the path of a request to a service, e.g. com.amazonaws.us-east-1.kms.

    `vpc` has the security groups, and is None when these are not enforced.
    """
    known = [one for one in endpoints if one.service == service]
    for one in known:
        if one.is_interface and one.has_private_dns:
            return Path(_interface_problem(caller, one, vpc), one.policy)
    for one in known:
        if not one.is_interface and caller.route_table in one.route_tables:
            return Path(_public_problem(caller, vpc), one.policy)
    problem = _route_problem(caller)
    if problem:
        return Path(f"{_missing(caller, known, service)}, and {problem}")
    return Path(_public_problem(caller, vpc))


def _interface_problem(caller: Caller, endpoint: VpcEndpoint, vpc: Vpc | None) -> str:
    if vpc is None:
        return ""
    source = Interface(caller.address, caller.groups, caller.name)
    # The endpoint's addresses are somewhere in the VPC, as those of engines.
    target = Endpoint(endpoint.id, _HTTPS, endpoint.groups, frozenset({_HTTPS}))
    named = f"the endpoint {endpoint.id} for {endpoint.service} ({group_names(endpoint.groups)})"
    if not may_leave(vpc, source, target):
        return f"no egress rule of {group_names(caller.groups)} allows tcp {_HTTPS} to {named}"
    if not may_enter(vpc, source, target):
        return f"no ingress rule of {named} allows tcp {_HTTPS} from {caller.address} ({group_names(caller.groups)})"
    return ""


def _public_problem(caller: Caller, vpc: Vpc | None) -> str:
    """Returns what keeps a caller from AWS's public addresses, which change: a rule about any public address counts."""
    if vpc is None:
        return ""
    for rule in vpc.egress(caller.groups):
        if rule.allows("tcp", _HTTPS) and any(not IPv4Network(cidr).is_private for cidr in rule.cidrs):
            return ""
    return f"no egress rule of {group_names(caller.groups)} allows tcp {_HTTPS} to public addresses"


def _route_problem(caller: Caller) -> str:
    if caller.way_out == "any address" or (caller.way_out == "public address only" and caller.has_public_address):
        return ""
    if caller.way_out == "public address only":
        return f"no public address for the internet gateway of {caller.subnet_id}"
    return f"no route to the internet from {caller.subnet_id}"


def _missing(caller: Caller, known: list[VpcEndpoint], service: str) -> str:
    if not known:
        return f"no endpoint {service} in {caller.vpc_id}"
    if known[0].is_interface:
        return f"no private DNS for the endpoint {known[0].id} for {service}"
    return f"no entry for the endpoint {known[0].id} for {service} in the route table {caller.route_table}"
