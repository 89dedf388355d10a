"""What all groups of MSK operations need: finding clusters and following their logs."""

import functools
from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.kafka.control.cluster_manager import ClusterManager
from localstack_engines.services.kafka.errors import not_found
from localstack_engines.services.kafka.models import Cluster
from localstack_engines.services.kafka.store import Store
from localstack_engines.toolkit.log_shipping.cloudwatch import log_stream

Request = dict[str, Any]


class ClusterOperations:
    """Base of the provider's parts."""

    def __init__(self, manager: ClusterManager, store: Store) -> None:
        self.manager = manager
        self.store = store

    def cluster(self, context: RequestContext, request: Request) -> Cluster:
        found = self.store.region(context).clusters.get(request["ClusterArn"])
        if found is None:
            raise not_found("The requested resource was not found.", "clusterArn")
        return found

    def follow_logs(self, context: RequestContext, cluster: Cluster) -> None:
        """Send the brokers' logs where LoggingInfo says."""
        sink = functools.partial(log_stream, context.account_id, context.region)
        self.manager.follow_logs(cluster, sink)
