"""IAM's CloudFormation types."""

from localstack_engines.core_types.iam.managed_policy import ManagedPolicy
from localstack_engines.core_types.iam.policy import Policy
from localstack_engines.core_types.iam.role import Role

RESOURCE_PROVIDERS = {provider.TYPE: provider for provider in (ManagedPolicy, Policy, Role)}
