"""Operations on custom domain names. They are refused: moto would record them, but nothing would serve them."""

from localstack.aws.api import RequestContext

from localstack_engines.services.apigatewayv2.api.operations import Operations, Request, Response
from localstack_engines.services.apigatewayv2.errors import bad_request
from localstack_engines.toolkit.errors import ServiceError


class DomainNameOperations(Operations):
    """Refuses domain names and their mappings to APIs."""

    def create_domain_name(self, context: RequestContext, request: Request) -> Response:
        raise _unsupported()

    def create_api_mapping(self, context: RequestContext, request: Request) -> Response:
        raise _unsupported()


def _unsupported() -> ServiceError:
    return bad_request("Custom domain names are not supported by the local API Gateway")
