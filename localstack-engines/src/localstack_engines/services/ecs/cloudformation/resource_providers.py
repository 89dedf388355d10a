"""The CloudFormation types of ECS."""

from localstack_engines.services.ecs.cloudformation.cluster import Cluster
from localstack_engines.services.ecs.cloudformation.cluster_capacity_provider_associations import (
    ClusterCapacityProviderAssociations,
)
from localstack_engines.services.ecs.cloudformation.service import Service
from localstack_engines.services.ecs.cloudformation.task_definition import TaskDefinition

RESOURCE_PROVIDERS = {
    resource.TYPE: resource
    for resource in (
        Cluster,
        ClusterCapacityProviderAssociations,
        TaskDefinition,
        Service,
    )
}
