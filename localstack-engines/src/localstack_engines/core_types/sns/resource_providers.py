"""SNS's CloudFormation types that replace LocalStack's own."""

from localstack_engines.core_types.sns.topic_policy import TopicPolicy

RESOURCE_PROVIDERS = {TopicPolicy.TYPE: TopicPolicy}
