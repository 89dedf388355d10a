"""Parameter mapping values ("$request.header.x", "a-${context.requestId}") as HAProxy log-format strings.

Source of the variables:
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-parameter-mapping.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from localstack_engines.gateway.configuration.syntax import literal
from localstack_engines.gateway.route_record import Field, fetch

_REFERENCE = re.compile(r"\$\{([^}]+)\}|\$((?:request|response|context|stageVariables)\.?[\w.!#&^`|~-]*)")
_TOKEN = re.compile(r"[\w!#&^`|~.-]+")

_CONTEXT = {
    "apiId": "%[var(txn.api)]",
    "domainName": "%[var(txn.domain)]",
    "domainPrefix": "%[var(txn.domain),field(1,.)]",
    "extendedRequestId": "%[var(txn.request_id)]",
    "httpMethod": "%[var(txn.method)]",
    "identity.sourceIp": "%[src]",
    "identity.userAgent": "%[req.fhdr(user-agent)]",
    "path": "%[var(txn.path)]",
    "protocol": "HTTP/%[req.ver]",
    "requestId": "%[var(txn.request_id)]",
    "requestTime": "%[date,utime(%d/%b/%Y:%H:%M:%S +0000)]",
    "requestTimeEpoch": "%[date(0,ms)]",
    "routeKey": f"%[{fetch(Field.KEY)}]",
    "stage": "%[var(txn.stage)]",
}


class UnknownExpression(ValueError):
    """HTTP APIs have no such mapping expression. The message names it."""


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The values of names in expressions: the route's path variables, the stage's variables, the account."""

    path_variables: Mapping[str, tuple[int, bool]] = field(default_factory=dict)
    stage_variables: Mapping[str, str] = field(default_factory=dict)
    account: str = ""


def compile_value(value: str, scope: Scope) -> str:
    """Returns the log-format string for a value. Raises UnknownExpression."""
    parts, position = [], 0
    for found in _REFERENCE.finditer(value):
        parts += [literal(value[position : found.start()]), _reference(found[1] or found[2], scope)]
        position = found.end()
    return "".join([*parts, literal(value[position:])])


def references(value: str) -> list[str]:
    """Returns the names that a value refers to, "request.path.id" for instance."""
    return [found[1] or found[2] for found in _REFERENCE.finditer(value)]


def path_variable(name: str, scope: Scope) -> str:
    """Returns the log-format expression for a path variable of the route. Raises UnknownExpression."""
    if name not in scope.path_variables:
        raise UnknownExpression(f"$request.path.{name}")
    number, greedy = scope.path_variables[name]
    # The first field is empty, because the path begins with a slash. A count of 0 means all fields from there on.
    return f"%[var(txn.route_path),field({number + 1},/{',0' if greedy else ''})]"


def _reference(name: str, scope: Scope) -> str:
    root, _, rest = name.partition(".")
    resolvers = {"request": _request, "response": _response, "context": _context}
    if root == "stageVariables":
        return literal(scope.stage_variables.get(rest, ""))
    if root not in resolvers or not _TOKEN.fullmatch(rest):
        raise UnknownExpression(f"${name}")
    return resolvers[root](rest, scope)


def _request(rest: str, scope: Scope) -> str:
    kind, _, key = rest.partition(".")
    if rest == "path":
        return "%[var(txn.route_path)]"
    if rest == "body":
        return "%[req.body]"
    if kind == "path":
        return path_variable(key, scope)
    fetches = {"header": "req.fhdr({})", "querystring": "url_param({})", "body": "req.body,json_query('$.{}')"}
    if kind not in fetches or not key:
        raise UnknownExpression(f"$request.{rest}")
    if kind == "header" and key.lower() == "host":
        # At this point the header itself names the integration.
        return "%[var(txn.domain)]"
    return f"%[{fetches[kind].format(key)}]"


def _response(rest: str, scope: Scope) -> str:
    kind, _, key = rest.partition(".")
    fetches = {"header": "res.fhdr({})", "body": "res.body,json_query('$.{}')"}
    if kind not in fetches or not key:
        raise UnknownExpression(f"$response.{rest}")
    return f"%[{fetches[kind].format(key)}]"


def _context(rest: str, scope: Scope) -> str:
    if rest == "accountId":
        return literal(scope.account)
    if rest.startswith("authorizer.claims."):
        return f"%[var(txn.claims),json_query('$.{rest.removeprefix('authorizer.claims.')}')]"
    if rest.startswith("authorizer."):
        return f"%[var(txn.authorizer),json_query('$.{rest.removeprefix('authorizer.')}')]"
    if rest not in _CONTEXT:
        raise UnknownExpression(f"$context.{rest}")
    return _CONTEXT[rest]
