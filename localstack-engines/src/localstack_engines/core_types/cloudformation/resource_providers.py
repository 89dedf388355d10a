"""CloudFormation's own types."""

from localstack_engines.core_types.cloudformation.stack import Stack
from localstack_engines.core_types.cloudformation.wait_condition import WaitCondition

RESOURCE_PROVIDERS = {Stack.TYPE: Stack, WaitCondition.TYPE: WaitCondition}
