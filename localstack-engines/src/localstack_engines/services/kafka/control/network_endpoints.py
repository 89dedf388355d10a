"""The ports of brokers, for the security groups of the tasks that connect to them."""

from collections.abc import Iterator

from localstack_engines.network.security_groups.model import Endpoint
from localstack_engines.services.kafka.engine import listeners
from localstack_engines.services.kafka.store import Store

_PORTS = {listeners.PLAINTEXT: 9092, listeners.TLS: 9094, listeners.SCRAM: 9096, listeners.IAM: 9098}
"""MSK's own ports: rules of templates name them, while a broker has published ports.

Source: https://docs.aws.amazon.com/msk/latest/developerguide/port-info.html
"""


def endpoints(store: Store) -> Iterator[Endpoint]:
    """Yields the ports of all brokers."""
    for cluster in store.clusters():
        groups = frozenset((cluster.provisioned.get("BrokerNodeGroupInfo") or {}).get("SecurityGroups") or [])
        for broker in cluster.kafka.brokers:
            for listener, port in broker.spec.listeners.items():
                ports = frozenset((port, _PORTS[listener]))
                yield Endpoint(f"the MSK cluster {cluster.name}", port, groups, ports)
