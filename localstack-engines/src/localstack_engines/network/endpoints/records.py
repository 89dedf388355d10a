"""Reads subnets, routes and VPC endpoints from EC2's records."""

from collections.abc import Iterator
from typing import Any

from localstack_engines.network import interfaces
from localstack_engines.network.endpoints.model import Caller, VpcEndpoint, WayOut
from localstack_engines.network.networks import VpcNetwork

_EVERYWHERE = "0.0.0.0/0"


def caller(backend: Any, network: VpcNetwork, address: str) -> Caller | None:
    """Returns who has an address of a VPC, or None. A task in the mode `bridge` has the interface of its instance."""
    own = interfaces.guests(network.vpc_id).get(address, address)
    for eni in list(backend.enis.values()):
        if eni.private_ip_address == own and eni.subnet.vpc_id == network.vpc_id:
            return caller_in(
                backend,
                eni.subnet,
                name=eni.description or eni.id,
                address=address,
                groups=frozenset(group.id for group in eni.group_set),
                has_public_address=interfaces.has_public_address(eni),
            )
    return None


def caller_in(
    backend: Any, subnet: Any, *, name: str, address: str, groups: frozenset[str], has_public_address: bool
) -> Caller:
    """Returns a caller in a subnet."""
    table = _route_table(backend, subnet)
    return Caller(
        name=name,
        address=address,
        groups=groups,
        vpc_id=subnet.vpc_id,
        subnet_id=subnet.id,
        route_table=table.id if table else "",
        way_out=_way_out(subnet, table),
        has_public_address=has_public_address,
    )


def endpoints(backend: Any, vpc_id: str) -> Iterator[VpcEndpoint]:
    """Yields the available endpoints of a VPC. An interface endpoint without a subnet has no address."""
    for one in list(backend.vpc_end_points.values()):
        is_interface = (one.vpc_endpoint_type or "Gateway").lower() == "interface"
        if one.vpc_id != vpc_id or one.state != "available" or (is_interface and not one.subnet_ids):
            continue
        yield VpcEndpoint(
            id=one.id,
            service=one.service_name,
            is_interface=is_interface,
            has_private_dns=bool(one.private_dns_enabled),
            groups=frozenset(one.security_group_ids or _default_group(backend, vpc_id)),
            route_tables=frozenset(one.route_table_ids or ()),
            policy=one.policy_document,
        )


def _default_group(backend: Any, vpc_id: str) -> list[str]:
    group = backend.get_default_security_group(vpc_id)
    return [group.id] if group else []


def _route_table(backend: Any, subnet: Any) -> Any | None:
    """Returns the table that is associated with a subnet, or else the VPC's main one."""
    tables = [table for table in list(backend.route_tables.values()) if table.vpc_id == subnet.vpc_id]
    for table in tables:
        if subnet.id in list(table.associations.values()):
            return table
    return next((table for table in tables if table.main_association_id), None)


def _way_out(subnet: Any, table: Any | None) -> WayOut:
    """Returns where the default route leads. More specific routes to public addresses do not count."""
    for route in list(table.routes.values()) if table else ():
        if route.destination_cidr_block != _EVERYWHERE:
            continue
        if route.nat_gateway is not None:
            nat = route.nat_gateway
            return "any address" if nat.state == "available" and nat.connectivity_type == "public" else "none"
        if route.gateway is not None and route.gateway.id.startswith("igw-"):
            return "public address only"
        others = (route.gateway, route.transit_gateway, route.instance, route.interface, route.carrier_gateway)
        return "any address" if any(one is not None for one in (*others, route.vpc_endpoint_id)) else "none"
    # AWS makes default subnets with a route to an internet gateway, which EC2's records here lack.
    return "public address only" if str(subnet.default_for_az).lower() == "true" else "none"
