"""The base of all groups of MSK operations: the store, the cluster manager, and the look-ups."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.kafka.control import broker_properties
from localstack_engines.services.kafka.control.cluster_manager import ClusterManager
from localstack_engines.services.kafka.errors import not_found
from localstack_engines.services.kafka.models import Cluster, Configuration, Revision
from localstack_engines.services.kafka.store import Store

Request = dict[str, Any]
Response = dict[str, Any]


class Operations:
    """Finds what requests name. Each look-up raises NotFoundException when there is no such resource."""

    def __init__(self, store: Store, manager: ClusterManager) -> None:
        self.store = store
        self.manager = manager

    def cluster(self, context: RequestContext, arn: str) -> Cluster:
        found = self.store.region(context).clusters.get(arn)
        if found is None:
            raise not_found("The requested resource was not found.", "clusterArn")
        return found

    def configuration(self, context: RequestContext, arn: str) -> Configuration:
        found = self.store.region(context).configurations.get(arn)
        if found is None:
            raise not_found("The requested configuration was not found.", "arn")
        return found

    def revision(self, context: RequestContext, arn: str, number: int) -> Revision:
        found = self.configuration(context, arn).revision(number)
        if found is None:
            raise not_found("The requested configuration revision was not found.", "revision")
        return found

    def configured_properties(self, context: RequestContext, info: dict[str, Any] | None) -> dict[str, str]:
        """Returns the broker properties of a `ConfigurationInfo`; none when there is no such member."""
        if not info:
            return {}
        return broker_properties.parse(self.revision(context, info["Arn"], int(info["Revision"])).properties)
