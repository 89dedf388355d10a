"""Lambda's CloudFormation types that replace LocalStack's own."""

from localstack_engines.services.lambda_.cloudformation.function import Function

RESOURCE_PROVIDERS = {Function.TYPE: Function}
