"""Says whether a request that comes from a VPC reaches one of AWS's APIs."""

from collections.abc import Sequence
from typing import Any

from localstack_engines.network import addresses, ec2
from localstack_engines.network.endpoints import mode, records
from localstack_engines.network.endpoints.model import Caller, Path
from localstack_engines.network.endpoints.paths import path
from localstack_engines.network.endpoints.unreachable import unreachable
from localstack_engines.network.networks import VpcNetwork, networks
from localstack_engines.network.security_groups import records as group_records
from localstack_engines.network.security_groups.enforcement import filters


def path_from(address: str, service: str) -> Path:
    """Returns the path of a request from an address to a service, e.g. com.amazonaws.us-east-1.kms.

    One that does not pass is counted. What comes from elsewhere than a VPC that enforces passes.
    """
    network = networks.containing(address)
    backend = ec2.owner_of_vpc(network.vpc_id) if network else None
    if network is None or backend is None or not _is_enforced(backend, network.vpc_id):
        return Path()
    caller = records.caller(backend, network, address)
    return _path(backend, network, caller, service) if caller else Path()


def path_from_subnets(
    account: str, region: str, subnet_ids: Sequence[str], groups: frozenset[str], name: str, service: str
) -> Path:
    """Returns the path of a request from interfaces in each of these subnets, as a function has them on AWS.

    The function may run in any of them, so a request passes only if it would from all of them. Interfaces of functions
    have no public address.
    """
    backend, found = ec2.backend(account, region), Path()
    for subnet_id in subnet_ids:
        subnet = ec2.subnet(account, region, subnet_id)
        if subnet is None or not _is_enforced(backend, subnet.vpc_id):
            continue
        network = networks.find(subnet.vpc_id) or _network(backend.vpcs[subnet.vpc_id])
        address = addresses.next_free(network.subnet_range(subnet.cidr_block), ())
        caller = records.caller_in(backend, subnet, name=name, address=address, groups=groups, has_public_address=False)
        found = _path(backend, network, caller, service)
        if found.problem:
            return found
    return found


def _path(backend: Any, network: VpcNetwork, caller: Caller, service: str) -> Path:
    groups = group_records.read(network) if filters.is_on else None
    found = path(caller, records.endpoints(backend, network.vpc_id), service, groups)
    if found.problem:
        unreachable.add(caller, service, found.problem)
    return found


def _network(vpc: Any) -> VpcNetwork:
    """Returns the network that a VPC without tasks would have."""
    return VpcNetwork(vpc.id, vpc.id, vpc.cidr_block, vpc.cidr_block, addresses.resolver(vpc.cidr_block))


def _is_enforced(backend: Any, vpc_id: str) -> bool:
    return mode.is_enforced(ec2.tags(backend, vpc_id))
