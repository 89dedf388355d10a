"""From a sub-request of HAProxy's to the client's request that it is about."""

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from localstack_engines.gateway import headers
from localstack_engines.gateway.model import Api, Route, Stage
from localstack_engines.gateway.routes import variables
from localstack_engines.gateway.subrequests.events import Call
from localstack_engines.gateway.subrequests.messages import Request

FindRoute = Callable[[str, str, str], tuple[Api, Stage, Route]]
"""Finds a route by the identifiers of its API, stage and itself. Raises LookupError."""


def route_and_call(find: FindRoute, request: Request, method: str, query: str, body: bytes) -> tuple[Route, Call]:
    """Returns the route that HAProxy chose and the client's request. Raises LookupError when it is not served."""
    given = dict(request.headers)
    api, stage, route = find(given[headers.API], given[headers.STAGE], given[headers.ROUTE_ID])
    route_path = given[headers.ROUTE_PATH]
    call = Call(
        api_id=api.id,
        account=api.account,
        region=api.region,
        stage=stage.name,
        route_key=route.key,
        method=method,
        path=given[headers.PATH],
        client_path=given.get(headers.CLIENT_PATH) or given[headers.PATH],
        route_path=route_path,
        query=query,
        headers=_client_headers(request),
        source_ip=given[headers.SOURCE],
        domain=given.get(headers.DOMAIN, ""),
        request_id=given.get(headers.REQUEST_ID, ""),
        path_parameters=_path_parameters(route.key, route_path),
        stage_variables=dict(stage.variables),
        claims=_json_header(given.get(headers.CLAIMS)),
        scopes=list(route.scopes) or None,
        authorizer=_json_header(given.get(headers.AUTHORIZER)),
        body=body,
    )
    return route, call


def _client_headers(request: Request) -> list[tuple[str, str]]:
    """Returns the client's own headers, with the API's domain as Host."""
    domain = request.header(headers.DOMAIN)
    kept = [(name, value) for name, value in request.headers if not name.startswith(headers.PREFIX)]
    return [(name, domain if name == "host" else value) for name, value in kept]


def _path_parameters(route_key: str, route_path: str) -> dict[str, str]:
    segments = route_path.split("/")
    return {
        name: unquote("/".join(segments[number:]) if greedy else segments[number])
        for name, (number, greedy) in variables(route_key).items()
        if number < len(segments)
    }


def _json_header(value: str | None) -> dict[str, Any] | None:
    if not value:
        return None
    decoded = json.loads(base64.b64decode(value))
    return decoded if isinstance(decoded, dict) else None
