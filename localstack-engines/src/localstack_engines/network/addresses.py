"""AWS's address plan as arithmetic.

In every subnet the first four addresses and the last one are reserved. The second address of a VPC (base+1) is its
router, the third (base+2) its DNS resolver. Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""

from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network

_RESERVED_AT_START = 4
_RESERVED_AT_END = 1


class SubnetFull(Exception):
    """Every address of the subnet is taken."""


def router(vpc_cidr: str) -> str:
    return str(IPv4Network(vpc_cidr)[1])


def resolver(vpc_cidr: str) -> str:
    return str(IPv4Network(vpc_cidr)[2])


def next_free(subnet_cidr: str, taken: Collection[str], after: str | None = None) -> str:
    """Returns the first free address behind `after`; behind the last address comes the first. Raises SubnetFull.

    The lowest free address would be the one of a task that has just stopped, which others may still have in their ARP
    and DNS caches.
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
    """Returns the name of the first network with a range that overlaps `cidr`, or None. IPv6 ranges are ignored."""
    wanted = IPv4Network(cidr)
    for name, ranges in others.items():
        for text in ranges:
            if ":" not in text and wanted.overlaps(IPv4Network(text, strict=False)):
                return name
    return None
