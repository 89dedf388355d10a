"""Elastic network interfaces of tasks: each has an address of the subnet and appears in DescribeNetworkInterfaces."""

import threading
from dataclasses import dataclass
from typing import Any

from localstack_engines.network import addresses, ec2
from localstack_engines.network.networks import VpcNetwork, networks
from localstack_engines.network.security_groups.enforcement import filters

_allocation = threading.Lock()
_last_addresses: dict[str, str] = {}
"""The address that was assigned last, by subnet id."""
_reserved: dict[tuple[str, str], str] = {}
"""By VPCs' ids and the addresses in them that belong to no interface of EC2: the address of the instance of each."""


class SubnetNotFound(Exception):
    """EC2 has no subnet with this id."""


@dataclass(frozen=True)
class Interface:
    """An interface that EC2 has on record, and the Docker network of its address."""

    id: str
    subnet_id: str
    address: str
    mac_address: str
    private_dns_name: str
    availability_zone: str
    network: VpcNetwork


@dataclass(frozen=True)
class Place:
    """An address that EC2 does not have on record, and the Docker network that it belongs to."""

    address: str
    network: VpcNetwork

    @property
    def mac_address(self) -> str:
        return mac_of(self.address)


def network_of(account: str, region: str, subnet_id: str) -> VpcNetwork:
    """Returns the Docker network of the subnet's VPC; creates it when it does not exist.

    Raises SubnetNotFound, or NetworkConflict when no range is free.
    """
    vpc = ec2.backend(account, region).vpcs.get(_subnet(account, region, subnet_id).vpc_id)
    return networks.ensure(vpc.id, vpc.cidr_block)


def attach(
    account: str,
    region: str,
    subnet_id: str,
    groups: list[str],
    description: str,
    *,
    wants_public_address: bool = False,
) -> Interface:
    """Creates an interface with a free address of the subnet's range on this machine.

    This is the address that answers, so all APIs report it. A public address is none that answers, so no API reports
    it: it only counts for the route through an internet gateway.
    Raises SubnetFull, SubnetNotFound or NetworkConflict.
    """
    network = network_of(account, region, subnet_id)
    backend = ec2.backend(account, region)
    subnet = _subnet(account, region, subnet_id)
    with _allocation:
        address = _next_free(account, region, network, subnet)
        eni = backend.create_network_interface(subnet, address, group_ids=groups, description=description)
    eni.status = "in-use"
    eni.wants_public_address = wants_public_address
    filters.changed()
    dns_name = f"ip-{address.replace('.', '-')}.{'ec2' if region == 'us-east-1' else region + '.compute'}.internal"
    return Interface(eni.id, subnet_id, address, mac_of(address), dns_name, subnet.availability_zone, network)


def has_public_address(eni: Any) -> bool:
    """Returns whether an interface has a public address on AWS."""
    return bool(eni.public_ip) or getattr(eni, "wants_public_address", False)


def detach(account: str, region: str, interface: Interface) -> None:
    """Removes the interface. Does nothing if it is gone."""
    ec2.backend(account, region).enis.pop(interface.id, None)
    filters.changed()


def set_groups(account: str, region: str, interface: Interface, groups: list[str]) -> None:
    """Gives an interface other security groups. They have to exist."""
    eni = ec2.backend(account, region).enis[interface.id]
    eni._group_set = [ec2.security_group(account, region, group) for group in groups]
    filters.changed()


def reserve(account: str, region: str, subnet_id: str, host: str) -> Place:
    """Takes a free address of a subnet without an interface, for a task on the instance with the address `host`.

    Raises SubnetFull, SubnetNotFound or NetworkConflict.
    """
    network = network_of(account, region, subnet_id)
    subnet = _subnet(account, region, subnet_id)
    with _allocation:
        address = _next_free(account, region, network, subnet)
        _reserved[network.vpc_id, address] = host
    filters.changed()
    return Place(address, network)


def release(place: Place) -> None:
    """Gives an address back that was reserved."""
    with _allocation:
        _reserved.pop((place.network.vpc_id, place.address), None)
    filters.changed()


def guests(vpc_id: str) -> dict[str, str]:
    """Returns the address of the instance by the reserved addresses of a VPC."""
    with _allocation:
        return {address: host for (vpc, address), host in _reserved.items() if vpc == vpc_id}


def adopt(account: str, region: str, eni: Any) -> Place:
    """Returns the place of an interface that EC2 made for an instance.

    EC2's records know neither the ranges of this machine nor the addresses of tasks. An address that cannot answer is
    replaced, in EC2's record too. Raises SubnetFull or NetworkConflict.
    """
    network = network_of(account, region, eni.subnet.id)
    with _allocation:
        others = [one.private_ip_address for one in list(ec2.backend(account, region).enis.values()) if one is not eni]
        local = network.subnet_range(eni.subnet.cidr_block)
        is_usable = addresses.is_assignable(eni.private_ip_address, local)
        if not is_usable or eni.private_ip_address in others or _is_reserved(network, eni.private_ip_address):
            address = _next_free(account, region, network, eni.subnet)
            for known in eni.private_ip_addresses:
                if known["PrivateIpAddress"] == eni.private_ip_address:
                    known["PrivateIpAddress"] = address
            eni.private_ip_address = address
    return Place(eni.private_ip_address, network)


def _next_free(account: str, region: str, network: VpcNetwork, subnet: Any) -> str:
    """Returns the next free address of a subnet. The caller holds the lock."""
    taken = {eni.private_ip_address for eni in list(ec2.backend(account, region).enis.values())}
    taken |= {address for vpc, address in _reserved if vpc == network.vpc_id}
    local = network.subnet_range(subnet.cidr_block)
    address = addresses.next_free(local, taken, _last_addresses.get(subnet.id))
    _last_addresses[subnet.id] = address
    return address


def _is_reserved(network: VpcNetwork, address: str) -> bool:
    return (network.vpc_id, address) in _reserved


def mac_of(address: str) -> str:
    """Returns the MAC address that Docker gives a container with this IP address."""
    return "02:42:" + ":".join(f"{int(part):02x}" for part in address.split("."))


def _subnet(account: str, region: str, subnet_id: str) -> Any:
    subnet = ec2.subnet(account, region, subnet_id)
    if subnet is None:
        raise SubnetNotFound(subnet_id)
    return subnet
