"""Security groups, and what is in them. All addresses are those of this machine."""

from dataclasses import dataclass, field

EVERY_PROTOCOL = "-1"


@dataclass(frozen=True)
class Rule:
    """A rule of a security group. `protocol` is tcp, udp, icmp, the number of another protocol, or EVERY_PROTOCOL.

    For tcp and udp the ports are a range; for icmp they are type and code, -1 for every one. The peers are address
    ranges (`cidrs`, also those of a prefix list), or the members of the security group `group`.
    """

    protocol: str
    first_port: int
    last_port: int
    cidrs: tuple[str, ...] = ()
    group: str | None = None

    def allows(self, protocol: str, port: int) -> bool:
        """Returns whether the rule is about this protocol and, for tcp and udp, this port."""
        if self.protocol in ("tcp", "udp"):
            return self.protocol == protocol and self.first_port <= port <= self.last_port
        return self.protocol in (EVERY_PROTOCOL, protocol)

    def covers(self, ports: frozenset[int]) -> bool:
        """Returns whether the rule is about one of these TCP ports."""
        return any(self.allows("tcp", port) for port in ports)


@dataclass(frozen=True)
class Group:
    """The rules of a security group."""

    ingress: tuple[Rule, ...] = ()
    egress: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class Interface:
    """An address with security groups. `name` says whose it is."""

    address: str
    groups: frozenset[str]
    name: str


@dataclass(frozen=True)
class Endpoint:
    """A TCP port of a database, a broker or a load balancer.

    `address` is None for an engine in LocalStack's own container: each VPC has it at the address of its resolver.
    Its published port is another one than AWS's, so a rule about one of the `ports` counts.
    """

    name: str
    port: int
    groups: frozenset[str]
    ports: frozenset[int]
    address: str | None = None


@dataclass(frozen=True)
class Vpc:
    """What the filters of a VPC's tasks are made of.

    `resolver` is LocalStack's address in the VPC. It counts as a member of `resolver_groups`: those of VPC links,
    functions and load balancers' health checks, which connect to tasks from there.
    """

    cidr: str
    resolver: str
    resolver_groups: frozenset[str] = frozenset()
    groups: dict[str, Group] = field(default_factory=dict)
    interfaces: dict[str, Interface] = field(default_factory=dict)
    """All interfaces with an address in the VPC, by address."""
    guests: dict[str, Interface] = field(default_factory=dict)
    """The addresses of tasks that share the interface of their instance. Nothing filters in their namespaces."""
    endpoints: tuple[Endpoint, ...] = ()
    balancers: tuple[Interface, ...] = ()
    """The load balancers with security groups. Nothing filters in their namespaces."""

    def members(self, group: str) -> list[str]:
        """Returns the addresses that belong to a security group."""
        found = [one.address for one in (*self.interfaces.values(), *self.guests.values()) if group in one.groups]
        return [*found, self.resolver] if group in self.resolver_groups else found

    def ingress(self, groups: frozenset[str]) -> list[Rule]:
        """Returns the rules of these groups for connections to their members."""
        return [rule for group in sorted(groups) for rule in self.groups.get(group, Group()).ingress]

    def egress(self, groups: frozenset[str]) -> list[Rule]:
        """Returns the rules of these groups for connections of their members."""
        return [rule for group in sorted(groups) for rule in self.groups.get(group, Group()).egress]


def group_names(groups: frozenset[str]) -> str:
    """Returns the ids of security groups as the explanation of a denial has them."""
    return ", ".join(sorted(groups)) or "no group"
