"""AWS's address plan as arithmetic (pure).

Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html - in every subnet the first four addresses
and the last one are reserved; the VPC's base+1 is its router, base+2 its DNS resolver.
"""

from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network

_RESERVED_AT_START = 4
_RESERVED_AT_END = 1


class SubnetFull(Exception):
    """No address is left in the subnet."""


def router(vpc_cidr: str) -> str:
    return str(IPv4Network(vpc_cidr)[1])


def resolver(vpc_cidr: str) -> str:
    return str(IPv4Network(vpc_cidr)[2])


def next_free(subnet_cidr: str, taken: Collection[str], after: str | None = None) -> str:
    """The next free address of the subnet behind `after`, wrapping around.

    Going round instead of taking the lowest keeps a stopped task's address unused for long: peers may still have it
    in their ARP and DNS caches.
    """
    network = IPv4Network(subnet_cidr)
    first, last = _RESERVED_AT_START, network.num_addresses - _RESERVED_AT_END - 1
    if last < first:
        raise SubnetFull(subnet_cidr)
    size = last - first + 1
    start = int(IPv4Address(after)) - int(network[first]) + 1 if after else 0
    for step in range(size):
        candidate = str(network[first + (start + step) % size])
        if candidate not in taken:
            return candidate
    raise SubnetFull(subnet_cidr)


def overlapping(cidr: str, others: dict[str, list[str]]) -> str | None:
    """The name of the first network whose ranges overlap the CIDR; IPv6 ranges never do."""
    wanted = IPv4Network(cidr)
    for name, ranges in others.items():
        for text in ranges:
            if ":" not in text and wanted.overlaps(IPv4Network(text, strict=False)):
                return name
    return None
