"""The CloudFormation types of Lambda that replace LocalStack's own."""

from localstack_engines.services.lambda_.cloudformation.function import RESOURCE_PROVIDERS

__all__ = ["RESOURCE_PROVIDERS"]
