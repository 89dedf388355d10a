"""The CloudFormation types of KMS."""

from localstack_engines.core_types.kms.key import Alias, Key

RESOURCE_PROVIDERS = {provider.TYPE: provider for provider in (Alias, Key)}
