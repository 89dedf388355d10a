"""The MSK service: its parts, put together."""

from localstack.services.plugins import Service

from localstack_engines.metrics import collector
from localstack_engines.network.security_groups import records
from localstack_engines.services.kafka.api.absent_resources import AbsentResourceOperations
from localstack_engines.services.kafka.api.cluster_operations import ClusterOperationOperations
from localstack_engines.services.kafka.api.clusters import ClusterOperations
from localstack_engines.services.kafka.api.configurations import ConfigurationOperations
from localstack_engines.services.kafka.api.kafka_versions import KafkaVersionOperations
from localstack_engines.services.kafka.api.nodes import NodeOperations
from localstack_engines.services.kafka.api.policies import PolicyOperations
from localstack_engines.services.kafka.api.scram_secrets import ScramSecretOperations
from localstack_engines.services.kafka.api.tags import TagOperations
from localstack_engines.services.kafka.api.topics import TopicOperations
from localstack_engines.services.kafka.api.updates import UpdateOperations
from localstack_engines.services.kafka.control import network_endpoints
from localstack_engines.services.kafka.control.cluster_manager import ClusterManager
from localstack_engines.services.kafka.control.metrics import ClusterMetrics
from localstack_engines.services.kafka.store import Store
from localstack_engines.services.kafka.support import SUPPORT
from localstack_engines.toolkit.dispatch import make_service


class KafkaProvider(
    AbsentResourceOperations,
    ClusterOperations,
    ClusterOperationOperations,
    ConfigurationOperations,
    KafkaVersionOperations,
    NodeOperations,
    PolicyOperations,
    ScramSecretOperations,
    TagOperations,
    TopicOperations,
    UpdateOperations,
):
    """The operations of the MSK API."""

    def __init__(self) -> None:
        store = Store()
        super().__init__(store, ClusterManager(store))
        self._metrics = ClusterMetrics(store)

    def on_before_start(self) -> None:
        collector.add(self._metrics.samples)
        records.add_endpoints(lambda: network_endpoints.endpoints(self.store))

    def on_before_stop(self) -> None:
        self.manager.stop_all()


def service() -> Service:
    """Returns the service for LocalStack."""
    return make_service("kafka", KafkaProvider(), SUPPORT)
