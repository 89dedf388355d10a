"""Pages of lists: `MaxResults`, `NextToken` and `Items`."""

from collections.abc import Sequence
from typing import Any

from localstack_engines.services.apigatewayv2.errors import BadRequest
from localstack_engines.toolkit.paging import Pager


def _invalid(_: str) -> BadRequest:
    return BadRequest("Invalid token or page size specified")


PAGER = Pager("MaxResults", "NextToken", _invalid)


def page(items: Sequence[Any], request: dict) -> dict:
    """Returns the page of a list that a request asks for. Raises BadRequest."""
    # In this API the size is a string.
    size = str(request.get(PAGER.size) or PAGER.default_size)
    if not (size.isascii() and size.isdigit()):
        raise _invalid(size)
    found, next_token = PAGER.page(items, request)
    return {"Items": found, **next_token}
