"""Secrets Manager's CloudFormation types."""

from localstack_engines.core_types.secretsmanager.secret import Secret
from localstack_engines.core_types.secretsmanager.secret_target_attachment import SecretTargetAttachment

RESOURCE_PROVIDERS = {Secret.TYPE: Secret, SecretTargetAttachment.TYPE: SecretTargetAttachment}
