"""Elastic network interfaces of tasks: each has an address of the subnet and appears in DescribeNetworkInterfaces."""

import threading
from dataclasses import dataclass
from typing import Any

from localstack_engines.network import addresses, ec2
from localstack_engines.network.networks import VpcNetwork, networks

_allocation = threading.Lock()
_last_addresses: dict[str, str] = {}
"""The address that was assigned last, by subnet id."""


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


def network_of(account: str, region: str, subnet_id: str) -> VpcNetwork:
    """Returns the Docker network of the subnet's VPC; creates it when it does not exist.

    Raises SubnetNotFound, or NetworkConflict when no range is free.
    """
    vpc = ec2.backend(account, region).vpcs.get(_subnet(account, region, subnet_id).vpc_id)
    return networks.ensure(vpc.id, vpc.cidr_block)


def attach(account: str, region: str, subnet_id: str, groups: list[str], description: str) -> Interface:
    """Creates an interface with a free address of the subnet's range on this machine.

    This is the address that answers, so all APIs report it. Raises SubnetFull, SubnetNotFound or NetworkConflict.
    """
    network = network_of(account, region, subnet_id)
    backend = ec2.backend(account, region)
    subnet = _subnet(account, region, subnet_id)
    with _allocation:
        taken = {eni.private_ip_address for eni in list(backend.enis.values())}
        address = addresses.next_free(network.subnet_range(subnet.cidr_block), taken, _last_addresses.get(subnet_id))
        _last_addresses[subnet_id] = address
        eni = backend.create_network_interface(subnet, address, group_ids=groups, description=description)
    eni.status = "in-use"
    dns_name = f"ip-{address.replace('.', '-')}.{'ec2' if region == 'us-east-1' else region + '.compute'}.internal"
    return Interface(eni.id, subnet_id, address, mac_of(address), dns_name, subnet.availability_zone, network)


def detach(account: str, region: str, interface: Interface) -> None:
    """Removes the interface. Does nothing if it is gone."""
    ec2.backend(account, region).enis.pop(interface.id, None)


def mac_of(address: str) -> str:
    """Returns the MAC address that Docker gives a container with this IP address."""
    return "02:42:" + ":".join(f"{int(part):02x}" for part in address.split("."))


def _subnet(account: str, region: str, subnet_id: str) -> Any:
    subnet = ec2.subnet(account, region, subnet_id)
    if subnet is None:
        raise SubnetNotFound(subnet_id)
    return subnet
