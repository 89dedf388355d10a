"""Reads the security groups of a VPC from EC2's records, and who is in them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from localstack_engines.network import addresses, ec2
from localstack_engines.network.networks import VpcNetwork
from localstack_engines.network.security_groups.model import EVERY_PROTOCOL, Endpoint, Group, Interface, Rule, Vpc

EndpointSource = Callable[[], Iterable[Endpoint]]
"""Returns the endpoints of a service now."""
GroupSource = Callable[[], Iterable[str]]
"""Returns the security groups of which LocalStack's own addresses count as members."""
GuestSource = Callable[[str], Mapping[str, str]]
"""Returns the addresses of a VPC, whose id it gets, that count as those of an interface: its address by theirs."""
_PROTOCOLS = {None: EVERY_PROTOCOL, "all": EVERY_PROTOCOL, "1": "icmp", "6": "tcp", "17": "udp", "icmpv6": "58"}
"""Other spellings of protocols. AWS keeps only one; EC2's records keep what ModifySecurityGroupRules was given."""
_LAST_PORT, _LAST_NUMBER = 65535, 255
_endpoint_sources: list[EndpointSource] = []
_group_sources: list[GroupSource] = []
_guest_sources: list[GuestSource] = []


def add_endpoints(source: EndpointSource) -> None:
    """Adds the databases, brokers or load balancers of a service."""
    if source not in _endpoint_sources:
        _endpoint_sources.append(source)


def add_resolver_groups(source: GroupSource) -> None:
    """Adds security groups whose members connect to tasks from LocalStack's own container."""
    if source not in _group_sources:
        _group_sources.append(source)


def add_guests(source: GuestSource) -> None:
    """Adds tasks that share the interface of their instance, which have addresses of their own on this machine."""
    if source not in _guest_sources:
        _guest_sources.append(source)


def read(network: VpcNetwork) -> Vpc:
    """Returns what EC2 and the other services have on record for a VPC now."""
    backend = ec2.owner_of_vpc(network.vpc_id)
    endpoints = tuple(endpoint for source in list(_endpoint_sources) for endpoint in source())
    balancers = {one.address: Interface(one.address, one.groups, one.name) for one in endpoints if one.address}
    shared = {group for source in list(_group_sources) for group in source()}
    shared |= {group for one in balancers.values() for group in one.groups}
    interfaces = _interfaces(backend, network) if backend else {}
    hosts = {address: host for source in list(_guest_sources) for address, host in source(network.vpc_id).items()}
    groups = dict(list(backend.groups[network.vpc_id].items())) if backend else {}
    return Vpc(
        cidr=network.cidr,
        resolver=network.resolver,
        resolver_groups=frozenset(shared & set(groups)),
        groups={group_id: _group(backend, network, group) for group_id, group in groups.items()},
        interfaces=interfaces,
        guests={
            address: replace(interfaces[host], address=address) for address, host in hosts.items() if host in interfaces
        },
        endpoints=endpoints,
        balancers=tuple(balancers[address] for address in sorted(balancers)),
    )


def _interfaces(backend: Any, network: VpcNetwork) -> dict[str, Interface]:
    found = {}
    for eni in list(backend.enis.values()):
        # EC2's records accept any text as an address.
        if eni.subnet.vpc_id == network.vpc_id and _is_address(address := eni.private_ip_address):
            groups = frozenset(group.id for group in eni.group_set)
            found[address] = Interface(address, groups, eni.description or eni.id)
    return found


def _is_address(text: str | None) -> bool:
    try:
        IPv4Address(text)
    except ValueError:
        return False
    return True


def _group(backend: Any, network: VpcNetwork, group: Any) -> Group:
    ingress, egress = (
        tuple(rule for one in list(rules) if (rule := _rule(backend, network, one)) is not None)
        for rules in (group.ingress_rules, group.egress_rules)
    )
    return Group(ingress, egress)


def _rule(backend: Any, network: VpcNetwork, rule: Any) -> Rule | None:
    """Returns a rule; None for one that allows nothing here.

    That is one about IPv6, which the VPC's network does not have, and one with values that EC2's records accept and AWS
    refuses: nft would refuse the whole ruleset.
    """
    group = (rule.source_group or {}).get("GroupId")
    cidrs = [text for text in (rule.cidr_ipv4, *_prefixes(backend, rule.prefix_list_id)) if text]
    if not group and not cidrs:
        return None
    protocol = _protocol(rule.ip_protocol)
    first, last = (-1 if port is None else int(port) for port in (rule.from_port, rule.to_port))
    if protocol in ("tcp", "udp"):
        first, last = (0, _LAST_PORT) if first == -1 else (first, last)
        if not 0 <= first <= last <= _LAST_PORT:
            return None
    elif protocol == "icmp":
        if max(first, last) > _LAST_NUMBER:
            return None
    elif protocol != EVERY_PROTOCOL and not (protocol.isdecimal() and int(protocol) <= _LAST_NUMBER):
        return None
    try:
        local = tuple(part for cidr in cidrs for part in _local(network, cidr))
    except ValueError:
        return None
    return Rule(protocol, first, last, local, group)


def _protocol(given: str | None) -> str:
    """Returns the name or number by which rules know a protocol."""
    name = given.lower() if given else None
    name = str(int(name)) if name and name.isdecimal() else name
    return _PROTOCOLS.get(name, name or "")


def _prefixes(backend: Any, prefix_list_id: str | None) -> list[str]:
    known = backend.managed_prefix_lists.get(prefix_list_id) if prefix_list_id else None
    entries = (known.entries.get(known.version) or []) if known else []
    return [cidr for entry in entries if ":" not in (cidr := entry.get("Cidr") or "")]


def _local(network: VpcNetwork, cidr: str) -> list[str]:
    """Returns the ranges on this machine of a range of a rule. The VPC may have another range here than on record."""
    wanted, vpc = IPv4Network(cidr, strict=False), IPv4Network(network.vpc_cidr)
    if network.cidr == network.vpc_cidr or not wanted.overlaps(vpc):
        return [str(wanted)]
    if wanted.supernet_of(vpc):
        return [str(wanted), network.cidr]
    return [addresses.same_place(str(wanted), network.vpc_cidr, network.cidr)]
