"""MaxResults and NextToken."""

from typing import Any

from localstack_engines.services.kafka.errors import bad_request


def page(request: dict[str, Any], key: str, items: list[Any]) -> dict[str, Any]:
    """The page of ``items`` that a list request asks for, under ``key``."""
    size, token = int(request.get("MaxResults") or 100), request.get("NextToken") or "0"
    if not token.isdigit() or int(token) > len(items):
        raise bad_request("The next token is not valid.", "nextToken")
    start, end = int(token), int(token) + size
    return {key: items[start:end], **({"NextToken": str(end)} if end < len(items) else {})}
