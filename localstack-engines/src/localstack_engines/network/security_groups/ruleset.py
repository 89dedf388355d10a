"""The ruleset of a task's network namespace, in nft's syntax (pure).

Both directions are stateful: what belongs to a connection that was allowed passes. Sources: nft(8), and
https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
"""

from collections.abc import Iterable
from ipaddress import IPv4Network, collapse_addresses

from localstack_engines.network.security_groups.model import EVERY_PROTOCOL, Interface, Rule, Vpc
from localstack_engines.network.security_groups.rules import concerns, may_enter, may_leave
from localstack_engines.toolkit import settings

TABLE = f"{settings.NAME}_security_groups"
INPUT, OUTPUT = "denied_input", "denied_output"
"""The sets of the packets that were dropped: the peer's address, protocol and port, with a counter."""
_KEPT = 256
"""Peers in each of these sets. One that was not seen for an hour leaves it."""
_LINK_LOCAL = "169.254.0.0/16"
_DNS = 53


def remove() -> str:
    """Returns the ruleset that ends the filter."""
    return f"table ip {TABLE}\ndelete table ip {TABLE}\n"


def render(vpc: Vpc, own: Interface) -> str:
    """Returns the ruleset of the namespace that has an interface.

    It replaces the former one, and keeps what the sets of dropped packets contain.
    """
    peers = [one for one in vpc.balancers if one.address != own.address]
    chains = {
        INPUT: _drop(INPUT, "saddr"),
        OUTPUT: _drop(OUTPUT, "daddr"),
        **{f"from_{number}": _from(vpc, peer, own) for number, peer in enumerate(peers)},
        "input": [
            "type filter hook input priority filter; policy accept;",
            "iif lo accept",
            "ct state established,related accept",
            *(f"ip saddr {peer.address} jump from_{number}" for number, peer in enumerate(peers)),
            *_accepts(vpc, vpc.ingress(own.groups), "saddr"),
            f"goto {INPUT}",
        ],
        "output": [
            "type filter hook output priority filter; policy accept;",
            "oif lo accept",
            "ct state established,related accept",
            # Security groups filter neither the resolver nor the addresses of metadata and credentials.
            f"ip daddr {_LINK_LOCAL} accept",
            f"ip daddr {vpc.resolver} meta l4proto {{ tcp, udp }} th dport {_DNS} accept",
            *_to_endpoints(vpc, own),
            # What is left there is AWS's API, the image registry and the task's metadata.
            f"ip daddr {vpc.resolver} accept",
            *_accepts(vpc, vpc.egress(own.groups), "daddr"),
            f"goto {OUTPUT}",
        ],
    }
    lines = [f"table ip {TABLE} {{"]
    for name in (INPUT, OUTPUT):
        lines += [
            f"  set {name} {{",
            "    type ipv4_addr . inet_proto . inet_service; flags dynamic,timeout;",
            f"    size {_KEPT}; timeout 1h; counter;",
            "  }",
        ]
    lines += ["}", f"flush table ip {TABLE}", f"table ip {TABLE} {{"]
    for name, body in chains.items():
        lines += [f"  chain {name} {{", *(f"    {line}" for line in body), "  }"]
    return "\n".join([*lines, "}", ""])


def _drop(name: str, peer: str) -> list[str]:
    key = f"ip {peer} . meta l4proto"
    return [
        f"meta l4proto {{ tcp, udp }} update @{name} {{ {key} . th dport }}",
        f"meta l4proto != {{ tcp, udp }} update @{name} {{ {key} . 0 }}",
        "drop",
    ]


def _from(vpc: Vpc, peer: Interface, own: Interface) -> list[str]:
    """Returns what a peer may send here by its own groups."""
    allowed = [rule for rule in vpc.egress(peer.groups) if concerns(rule, own.address, own.groups)]
    return [*(f"{_protocol(rule)} return".lstrip() for rule in allowed), f"goto {INPUT}"]


def _to_endpoints(vpc: Vpc, own: Interface) -> Iterable[str]:
    """Yields the verdict for each endpoint: nothing filters there, so the rules of both sides count here."""
    for endpoint in vpc.endpoints:
        allowed = may_leave(vpc, own, endpoint) and may_enter(vpc, own, endpoint)
        target = f"ip daddr {endpoint.address or vpc.resolver} tcp dport {endpoint.port}"
        yield f"{target} {'accept' if allowed else f'goto {OUTPUT}'}"


def _accepts(vpc: Vpc, rules: Iterable[Rule], peer: str) -> Iterable[str]:
    for rule in rules:
        cidrs = rule.cidrs if rule.group is None else [f"{one}/32" for one in vpc.members(rule.group)]
        # nft refuses ranges that overlap.
        ranges = [str(one) for one in collapse_addresses(IPv4Network(cidr) for cidr in cidrs)]
        if not ranges:
            continue
        address = "" if "0.0.0.0/0" in ranges else f"ip {peer} {{ {', '.join(ranges)} }}"
        yield " ".join(part for part in (address, _protocol(rule), "accept") if part)


def _protocol(rule: Rule) -> str:
    """Returns the match for a rule's protocol and ports."""
    if rule.protocol == EVERY_PROTOCOL:
        return ""
    if rule.protocol in ("tcp", "udp"):
        return f"{rule.protocol} dport {rule.first_port}-{rule.last_port}"
    if rule.protocol == "icmp" and rule.first_port >= 0:
        code = f" icmp code {rule.last_port}" if rule.last_port >= 0 else ""
        return f"icmp type {rule.first_port}{code}"
    return f"meta l4proto {rule.protocol}"
