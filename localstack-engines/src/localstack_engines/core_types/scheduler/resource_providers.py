"""EventBridge Scheduler's CloudFormation types that replace LocalStack's own."""

from localstack_engines.core_types.scheduler.schedule import Schedule

RESOURCE_PROVIDERS = {Schedule.TYPE: Schedule}
