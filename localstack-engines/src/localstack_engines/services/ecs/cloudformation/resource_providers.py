"""ECS's CloudFormation types."""

from localstack_engines.services.ecs.cloudformation.capacity_provider import CapacityProvider
from localstack_engines.services.ecs.cloudformation.cluster import Cluster
from localstack_engines.services.ecs.cloudformation.cluster_capacity_provider_associations import (
    ClusterCapacityProviderAssociations,
)
from localstack_engines.services.ecs.cloudformation.express_gateway_service import ExpressGatewayService
from localstack_engines.services.ecs.cloudformation.service import Service
from localstack_engines.services.ecs.cloudformation.task_definition import TaskDefinition

RESOURCE_PROVIDERS = {
    provider.TYPE: provider
    for provider in (
        CapacityProvider,
        Cluster,
        ClusterCapacityProviderAssociations,
        TaskDefinition,
        Service,
        ExpressGatewayService,
    )
}
