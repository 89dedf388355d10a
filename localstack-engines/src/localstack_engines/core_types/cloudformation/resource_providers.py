"""CloudFormation's own types."""

from localstack_engines.core_types.cloudformation.custom_resource import CustomResource
from localstack_engines.core_types.cloudformation.stack import Stack

RESOURCE_PROVIDERS = {CustomResource.TYPE: CustomResource, Stack.TYPE: Stack}
