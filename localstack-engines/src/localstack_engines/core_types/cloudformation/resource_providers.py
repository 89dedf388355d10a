"""CloudFormation's own types."""

from localstack_engines.core_types.cloudformation.custom_resource import CustomResource
from localstack_engines.core_types.cloudformation.stack import Stack
from localstack_engines.core_types.cloudformation.wait_condition import WaitCondition

RESOURCE_PROVIDERS = {provider.TYPE: provider for provider in (CustomResource, Stack, WaitCondition)}
