"""Operations on custom domain names. Moto would record them, but nothing would serve them: they are refused."""

from typing import Any

from localstack_engines.services.apigatewayv2.api.operations import Operations
from localstack_engines.services.apigatewayv2.errors import BadRequest


class DomainNameOperations(Operations):
    """CreateDomainName and CreateApiMapping."""

    def create_domain_name(self, context: Any, request: dict) -> dict:
        raise _unsupported()

    def create_api_mapping(self, context: Any, request: dict) -> dict:
        raise _unsupported()


def _unsupported() -> BadRequest:
    return BadRequest("Custom domain names are not supported by the local API Gateway")
