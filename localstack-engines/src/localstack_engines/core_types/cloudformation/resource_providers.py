"""CloudFormation's own types."""

from localstack_engines.core_types.cloudformation.stack import Stack

RESOURCE_PROVIDERS = {Stack.TYPE: Stack}
