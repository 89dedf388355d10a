"""SES's CloudFormation types."""

from localstack_engines.core_types.ses.email_identity import EmailIdentity

RESOURCE_PROVIDERS = {EmailIdentity.TYPE: EmailIdentity}
