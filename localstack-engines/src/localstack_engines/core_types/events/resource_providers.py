"""EventBridge's CloudFormation types that replace LocalStack's own."""

from localstack_engines.core_types.events.rule import Rule

RESOURCE_PROVIDERS = {Rule.TYPE: Rule}
