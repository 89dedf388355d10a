"""The CloudFormation types of Lambda that replace LocalStack's own."""

from localstack_engines.services.lambda_.cloudformation.function import FunctionResource

RESOURCE_PROVIDERS = {FunctionResource.TYPE: FunctionResource}
