"""KMS's CloudFormation types."""

from localstack_engines.core_types.kms.alias import Alias
from localstack_engines.core_types.kms.key import Key

RESOURCE_PROVIDERS = {provider.TYPE: provider for provider in (Alias, Key)}
