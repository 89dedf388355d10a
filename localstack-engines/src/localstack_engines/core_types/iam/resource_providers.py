"""The CloudFormation types of IAM."""

from localstack_engines.core_types.iam.role import ManagedPolicy, Policy, Role

RESOURCE_PROVIDERS = {provider.TYPE: provider for provider in (ManagedPolicy, Policy, Role)}
