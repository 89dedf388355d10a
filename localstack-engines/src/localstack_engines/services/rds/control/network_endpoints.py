"""The ports of DB instances and clusters, for the security groups of the tasks that connect to them."""

from collections.abc import Iterator

from localstack_engines.network.security_groups.model import Endpoint
from localstack_engines.services.rds.control.cluster_manager import ClusterManager
from localstack_engines.services.rds.control.instance_manager import InstanceManager
from localstack_engines.services.rds.store import Store

_POSTGRESQL = 5432
"""RDS's own default port: rules of templates name it, while a server has a published port."""


def endpoints(store: Store, instances: InstanceManager, clusters: ClusterManager) -> Iterator[Endpoint]:
    """Yields the ports of all instances and clusters."""
    for instance in instances.all():
        yield _endpoint(f"the DB instance {instance.identifier}", instance.port, store.security_groups(instance.key))
    for cluster in clusters.all():
        groups = cluster.recorded.get("VpcSecurityGroupIds") or []
        yield _endpoint(f"the DB cluster {cluster.identifier}", cluster.relay.port, groups)


def _endpoint(name: str, port: int, groups: list[str]) -> Endpoint:
    return Endpoint(name, port, frozenset(groups), frozenset((port, _POSTGRESQL)))
