"""AWS's address plan as arithmetic.

In every subnet the first four addresses and the last one are reserved. The second address of a VPC (base+1) is its
router, the third (base+2) its DNS resolver. Source: https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
"""

from collections.abc import Collection, Iterable
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


def is_assignable(address: str, subnet_cidr: str) -> bool:
    """Returns whether a subnet can give this address to an interface."""
    network = IPv4Network(subnet_cidr)
    place = int(IPv4Address(address)) - int(network.network_address)
    return _RESERVED_AT_START <= place < network.num_addresses - _RESERVED_AT_END


def overlapping(cidr: str, others: dict[str, list[str]]) -> str | None:
    """Returns the name of the first network with a range that overlaps `cidr`, or None. IPv6 ranges are ignored."""
    wanted = IPv4Network(cidr)
    for name, ranges in others.items():
        for text in ranges:
            if ":" not in text and wanted.overlaps(IPv4Network(text, strict=False)):
                return name
    return None


def same_place(cidr: str, source: str, target: str) -> str:
    """Returns the range that has the place in `target` that `cidr` has in `source`, a range of the same size."""
    subnet, vpc = IPv4Network(cidr), IPv4Network(source)
    offset = int(subnet.network_address) - int(vpc.network_address)
    return f"{IPv4Network(target).network_address + offset}/{subnet.prefixlen}"


def substitute(cidr: str, others: dict[str, list[str]], pools: Iterable[str]) -> str | None:
    """Returns a range of the size of `cidr` in one of the `pools` that overlaps none of the `others`, or None."""
    size = IPv4Network(cidr).prefixlen
    for pool in map(IPv4Network, pools):
        for candidate in pool.subnets(new_prefix=size) if size >= pool.prefixlen else ():
            if overlapping(str(candidate), others) is None:
                return str(candidate)
    return None
