"""What security groups allow between two sides that are known (pure)."""

from ipaddress import IPv4Address, IPv4Network

from localstack_engines.network.security_groups.model import Endpoint, Interface, Rule, Vpc


def may_leave(vpc: Vpc, source: Interface, endpoint: Endpoint) -> bool:
    """Returns whether the egress rules of the source's groups allow connections to an endpoint."""
    # An engine has no address in its subnets, so a range counts that has a part of the VPC.
    range_ = IPv4Network(f"{endpoint.address}/32" if endpoint.address else vpc.cidr)
    return any(
        rule.covers(endpoint.ports)
        and (rule.group in endpoint.groups or any(range_.overlaps(IPv4Network(cidr)) for cidr in rule.cidrs))
        for rule in vpc.egress(source.groups)
    )


def may_enter(vpc: Vpc, source: Interface, endpoint: Endpoint) -> bool:
    """Returns whether the ingress rules of the endpoint's groups allow connections of the source."""
    return any(
        rule.covers(endpoint.ports) and concerns(rule, source.address, source.groups)
        for rule in vpc.ingress(endpoint.groups)
    )


def may_send(vpc: Vpc, sender: Interface, target: Interface, protocol: str, port: int) -> bool:
    """Returns whether the egress rules of a sender's groups allow packets to another interface."""
    return any(
        rule.allows(protocol, port) and concerns(rule, target.address, target.groups)
        for rule in vpc.egress(sender.groups)
    )


def concerns(rule: Rule, address: str, groups: frozenset[str]) -> bool:
    """Returns whether a peer is one of the rule's."""
    if rule.group is not None:
        return rule.group in groups
    return any(IPv4Address(address) in IPv4Network(cidr) for cidr in rule.cidrs)
