"""CloudFormation types of MSK."""

from localstack_plugin.kafka.resources.cluster import Cluster
from localstack_plugin.kafka.resources.configuration import Configuration
from localstack_plugin.kafka.resources.policy import ClusterPolicy

RESOURCE_PROVIDERS = {provider.TYPE: provider for provider in (Cluster, ClusterPolicy, Configuration)}
