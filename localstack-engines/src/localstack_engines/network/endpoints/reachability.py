"""Says whether a request that comes from a VPC reaches one of AWS's APIs."""

from localstack_engines.network import ec2
from localstack_engines.network.endpoints import mode, records
from localstack_engines.network.endpoints.model import Path
from localstack_engines.network.endpoints.paths import path
from localstack_engines.network.endpoints.unreachable import unreachable
from localstack_engines.network.networks import networks
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
    if caller is None:
        return Path()
    groups = group_records.read(network) if filters.is_on else None
    found = path(caller, records.endpoints(backend, network.vpc_id), service, groups)
    if found.problem:
        unreachable.add(caller, service, found.problem)
    return found


def _is_enforced(backend: object, vpc_id: str) -> bool:
    return mode.is_enforced(ec2.tags(backend, vpc_id))
