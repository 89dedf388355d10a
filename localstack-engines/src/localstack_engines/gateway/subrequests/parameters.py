"""The values of an AWS service integration's parameters for a request: "$request.body.name", "a-${context.stage}".

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-aws-services.html
"""

import json
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from localstack_engines.gateway.subrequests.events import Call, log_time

_REFERENCE = re.compile(r"\$\{([^}]+)\}|\$((?:request|context|stageVariables)\.[\w.\[\]'$@*:,-]*)")


class UnknownParameter(ValueError):
    """HTTP APIs have no such expression. The message names it."""


def check(text: str) -> None:
    """Raises UnknownParameter for a value with an expression that HTTP APIs do not have."""
    for found in _REFERENCE.finditer(text):
        _resolver(found[1] or found[2])


def evaluate(text: str, call: Call) -> Any:
    """Returns the value for a request, None when it refers to something that the request does not have.

    A value that is one reference into the body is what stands there, which may be an object.
    """
    whole = _REFERENCE.fullmatch(text)
    if whole:
        return _resolver(whole[1] or whole[2])(call)
    return _REFERENCE.sub(lambda found: _text(_resolver(found[1] or found[2])(call)), text)


def _resolver(name: str) -> Callable[[Call], Any]:
    root, _, rest = name.partition(".")
    kind, _, key = rest.partition(".")
    if root == "stageVariables" and rest:
        return lambda call: call.stage_variables.get(rest)
    if root == "context" and (rest in _CONTEXT or rest.startswith("authorizer.")):
        return lambda call: _context(rest, call)
    if root == "request" and rest == "path":
        return lambda call: call.route_path
    if root == "request" and (kind == "body" or rest.startswith("body[")):
        path = _compiled("$" + rest.removeprefix("body"), f"${name}")
        return lambda call: _from_body(path, call)
    if root == "request" and kind in _REQUEST and key:
        return lambda call: _REQUEST[kind](call, key)
    raise UnknownParameter(f"${name}")


_REQUEST: dict[str, Callable[[Call, str], str | None]] = {
    "header": lambda call, name: call.header(name.lower()),
    "path": lambda call, name: call.path_parameters.get(name),
    "querystring": lambda call, name: _query(call, name),
}

_CONTEXT: dict[str, Callable[[Call], Any]] = {
    "accountId": lambda call: call.account,
    "apiId": lambda call: call.api_id,
    "domainName": lambda call: call.domain,
    "domainPrefix": lambda call: call.domain.partition(".")[0],
    "extendedRequestId": lambda call: call.request_id,
    "httpMethod": lambda call: call.method,
    "identity.sourceIp": lambda call: call.source_ip,
    "identity.userAgent": lambda call: call.header("user-agent"),
    "path": lambda call: call.path,
    "protocol": lambda call: "HTTP/1.1",
    "requestId": lambda call: call.request_id,
    "requestTime": lambda call: log_time(call.at),
    "requestTimeEpoch": lambda call: int(call.at * 1000),
    "routeKey": lambda call: call.route_key,
    "stage": lambda call: call.stage,
}


def _context(name: str, call: Call) -> Any:
    if name.startswith("authorizer.claims."):
        return (call.claims or {}).get(name.removeprefix("authorizer.claims."))
    if name.startswith("authorizer."):
        return (call.authorizer or {}).get(name.removeprefix("authorizer."))
    return _CONTEXT[name](call)


def _query(call: Call, name: str) -> str | None:
    values = [value for key, value in parse_qsl(call.query, keep_blank_values=True) if key == name]
    return ",".join(values) if values else None


def _from_body(path: Any, call: Call) -> Any:
    if path is None:
        return call.body.decode(errors="replace")
    try:
        found = path.find(json.loads(call.body or b"null"))
    except ValueError:
        return None
    return found[0].value if found else None


@lru_cache(maxsize=1024)
def _compiled(path: str, name: str) -> Any:
    """Returns the JSON path, None for the whole body. Recursive descent and filters are not supported, as on AWS."""
    from jsonpath_ng import parse
    from jsonpath_ng.exceptions import JSONPathError

    if path == "$":
        return None
    if ".." in path:
        raise UnknownParameter(name)
    try:
        return parse(path)
    except JSONPathError:
        raise UnknownParameter(name) from None


def _text(value: Any) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)
