"""CloudWatch's CloudFormation types that replace LocalStack's own."""

from localstack_engines.core_types.cloudwatch.alarm import Alarm

RESOURCE_PROVIDERS = {Alarm.TYPE: Alarm}
