"""CloudWatch Logs's CloudFormation types."""

from localstack_engines.core_types.logs.log_group import LogGroup

RESOURCE_PROVIDERS = {LogGroup.TYPE: LogGroup}
