"""The pages of API Gateway v2's lists."""

from collections.abc import Sequence
from typing import Any

from localstack_engines.services.apigatewayv2.api.operations import Request, Response
from localstack_engines.services.apigatewayv2.errors import bad_request
from localstack_engines.toolkit.errors import ServiceError
from localstack_engines.toolkit.paging import Pager


def _invalid_token(token: str) -> ServiceError:
    return bad_request("Invalid token or page size specified")


PAGER = Pager("MaxResults", "NextToken", _invalid_token)


def page(items: Sequence[Any], request: Request) -> Response:
    """Returns the page of a list that a request asks for. Raises BadRequestException."""
    # In this API the size is a string.
    size = str(request.get(PAGER.size) or PAGER.default_size)
    if not (size.isascii() and size.isdigit()):
        raise _invalid_token(size)
    found, next_token = PAGER.page(items, request)
    return {"Items": found, **next_token}
