"""The CloudFormation types of ECS."""

from localstack_engines.services.ecs.cloudformation.cluster import ClusterResource
from localstack_engines.services.ecs.cloudformation.cluster_capacity_provider_associations import (
    ClusterCapacityProviderAssociationsResource,
)
from localstack_engines.services.ecs.cloudformation.service import ServiceResource
from localstack_engines.services.ecs.cloudformation.task_definition import TaskDefinitionResource

RESOURCE_PROVIDERS = {
    resource.TYPE: resource
    for resource in (
        ClusterResource,
        ClusterCapacityProviderAssociationsResource,
        TaskDefinitionResource,
        ServiceResource,
    )
}
