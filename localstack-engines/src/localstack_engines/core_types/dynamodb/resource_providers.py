"""DynamoDB's CloudFormation types that replace LocalStack's own."""

from localstack_engines.core_types.dynamodb.table import Table

RESOURCE_PROVIDERS = {Table.TYPE: Table}
