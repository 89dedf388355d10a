"""The ports of brokers, for the security groups of the tasks that connect to them.

Rules of templates name MSK's own ports, while a broker has published ports.
"""

from collections.abc import Iterator

from localstack_engines.network.security_groups.model import Endpoint
from localstack_engines.services.kafka.store import Store


def endpoints(store: Store) -> Iterator[Endpoint]:
    """Yields the ports of all brokers."""
    for cluster in store.clusters():
        groups = frozenset((cluster.provisioned.get("BrokerNodeGroupInfo") or {}).get("SecurityGroups") or [])
        for broker in cluster.kafka.brokers:
            for listener, port in broker.spec.listeners.items():
                ports = frozenset((port, listener.msk_port))
                yield Endpoint(f"the MSK cluster {cluster.name}", port, groups, ports)
