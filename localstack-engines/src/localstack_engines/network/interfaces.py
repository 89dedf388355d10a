"""Elastic network interfaces of tasks: an address of the subnet, visible in `describe-network-interfaces`."""

import threading
from dataclasses import dataclass
from typing import Any

from localstack_engines.network import addresses
from localstack_engines.network.networks import VpcNetwork, networks

_allocation = threading.Lock()
_last_given: dict[str, str] = {}


class SubnetNotFound(Exception):
    """EC2 does not know the subnet."""


@dataclass(frozen=True)
class Interface:
    """An interface that EC2 knows, and the network its address belongs to."""

    id: str
    subnet_id: str
    address: str
    mac_address: str
    private_dns_name: str
    availability_zone: str
    network: VpcNetwork


def network_of(account: str, region: str, subnet_id: str) -> VpcNetwork:
    """The Docker network of the subnet's VPC, made now if need be.

    Raises SubnetNotFound, or NetworkConflict when the range is taken on this machine.
    """
    backend = _backend(account, region)
    subnet = _subnet(backend, subnet_id)
    vpc = backend.vpcs.get(subnet.vpc_id)
    return networks.ensure(vpc.id, vpc.cidr_block)


def attach(account: str, region: str, subnet_id: str, groups: list[str], description: str) -> Interface:
    """A new interface with a free address of the subnet. Raises as network_of does, and SubnetFull."""
    network = network_of(account, region, subnet_id)
    backend = _backend(account, region)
    subnet = _subnet(backend, subnet_id)
    with _allocation:
        taken = {eni.private_ip_address for eni in list(backend.enis.values())}
        address = addresses.next_free(subnet.cidr_block, taken, _last_given.get(subnet_id))
        _last_given[subnet_id] = address
        eni = backend.create_network_interface(subnet, address, group_ids=groups, description=description)
    eni.status = "in-use"
    dns_name = f"ip-{address.replace('.', '-')}.{'ec2' if region == 'us-east-1' else region + '.compute'}.internal"
    return Interface(eni.id, subnet_id, address, mac_of(address), dns_name, subnet.availability_zone, network)


def detach(account: str, region: str, interface: Interface) -> None:
    _backend(account, region).enis.pop(interface.id, None)


def mac_of(address: str) -> str:
    """The MAC that Docker gives a container with this address."""
    return "02:42:" + ":".join(f"{int(part):02x}" for part in address.split("."))


def _backend(account: str, region: str) -> Any:
    from moto.ec2.models import ec2_backends

    return ec2_backends[account][region]


def _subnet(backend: Any, subnet_id: str) -> Any:
    for zone in backend.subnets.values():
        if subnet_id in zone:
            return zone[subnet_id]
    raise SubnetNotFound(subnet_id)
