"""MSK's CloudFormation types."""

from localstack_engines.services.kafka.cloudformation.batch_scram_secret import BatchScramSecret
from localstack_engines.services.kafka.cloudformation.cluster import Cluster
from localstack_engines.services.kafka.cloudformation.cluster_policy import ClusterPolicy
from localstack_engines.services.kafka.cloudformation.configuration import Configuration
from localstack_engines.services.kafka.cloudformation.topic import Topic

RESOURCE_PROVIDERS = {
    provider.TYPE: provider for provider in (BatchScramSecret, Cluster, ClusterPolicy, Configuration, Topic)
}
