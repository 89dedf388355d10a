"""The clusters, configurations and cluster operations of all accounts and regions."""

from collections import defaultdict
from dataclasses import dataclass, field

from localstack.aws.api import RequestContext

from localstack_engines.services.kafka.models import Cluster, Configuration, Operation


@dataclass
class Region:
    """The resources of one account in one region, by ARN."""

    clusters: dict[str, Cluster] = field(default_factory=dict)
    configurations: dict[str, Configuration] = field(default_factory=dict)
    operations: dict[str, Operation] = field(default_factory=dict)


class Store:
    """Holds the resources of all regions."""

    def __init__(self) -> None:
        self._regions: dict[tuple[str, str], Region] = defaultdict(Region)

    def region(self, context: RequestContext) -> Region:
        return self._regions[context.account_id, context.region]

    def clusters(self) -> list[Cluster]:
        # Other threads add and remove some meanwhile.
        return [cluster for region in list(self._regions.values()) for cluster in list(region.clusters.values())]

    def remove_cluster(self, cluster: Cluster) -> None:
        self._regions[cluster.account, cluster.region].clusters.pop(cluster.arn, None)
