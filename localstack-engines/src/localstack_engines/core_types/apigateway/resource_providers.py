"""REST APIs' CloudFormation types that replace LocalStack's own."""

from localstack_engines.core_types.apigateway.deployment import Deployment
from localstack_engines.core_types.apigateway.rest_api import RestApi
from localstack_engines.core_types.apigateway.stage import Stage

RESOURCE_PROVIDERS = {provider.TYPE: provider for provider in (Deployment, RestApi, Stage)}
