"""The rules of the edge frontend: which API, stage and route a request is for, and whether it may pass.

Variables that the rules set: `txn.api`, `txn.domain`, `txn.path` (without the URL's prefix), `txn.stage`,
`txn.route_path` (without the stage), `txn.route` (the record of the route, see `route_record`).
"""

from dataclasses import dataclass
from pathlib import Path

from localstack_engines.gateway import route_record
from localstack_engines.gateway.configuration import buffering, cors, custom_domains, jwt, throttling, websockets
from localstack_engines.gateway.configuration.integrations import backend_name
from localstack_engines.gateway.configuration.sections import BY_HOST, BY_PATH
from localstack_engines.gateway.configuration.syntax import answer, digest, name, quote
from localstack_engines.gateway.model import (
    DEFAULT_STAGE,
    MAX_BODY_BYTES,
    Api,
    Gateway,
    JwtAuthorizer,
    LambdaAuthorizer,
    Route,
    Stage,
    Throttle,
)
from localstack_engines.gateway.route_record import NONE, Field, fetch
from localstack_engines.gateway.routes import ordered, pattern

_ROUTE_IS_FOUND = f"{{ var({route_record.VARIABLE}) -m found }}"


@dataclass(frozen=True)
class Files:
    """Where the configuration finds its files."""

    directory: Path

    def route_map(self, api: Api, stage: Stage) -> Path:
        return self.directory / f"routes-{digest(f'{api.id}/{stage.name}')[:16].lower()}.map"

    @property
    def domains(self) -> Path:
        return self.directory / "domains.map"

    @property
    def websockets(self) -> Path:
        return self.directory / "websockets.map"


def domains(gateway: Gateway) -> str:
    """Returns the map of all APIs that have an endpoint: identifier, and host and port of the endpoint."""
    return "".join(f"{api.id} {api.domain}\n" for api in gateway.apis if api.has_endpoint)


def route_map(api: Api, stage: Stage) -> str:
    """Returns the map of a stage: patterns in the order in which they are tried, each with its route's record."""
    return "".join(f"{pattern(route)} {_record(api, stage, route)}\n" for route in ordered(stage.routes))


def throttles(gateway: Gateway) -> set[Throttle]:
    """Returns every limit that some route has."""
    limits = {route.throttle or stage.throttle for _, stage, route in gateway.routes()}
    return {limit for limit in limits if limit}


def rules(gateway: Gateway, files: Files) -> list[str]:
    """Returns all rules for APIs. A request for anything else is let through by the first of them."""
    first = [*_candidate(), *(websockets.rules(files.websockets) if gateway.websockets else [])]
    if not (gateway.apis or gateway.domains):
        return [*first, *_NOT_FOUND]
    return [
        "http-request set-log-level silent",
        *first,
        *_select_api(gateway, files),
        "http-request set-log-level info if { var(txn.api) -m found }",
        *(rule for api in gateway.apis for rule in _select_route(api, files)),
        answer(404, "Not Found", f"!{_ROUTE_IS_FOUND}"),
        *_throttling(gateway),
        *_authorization(gateway, files),
        answer(413, "Request Entity Too Large", f"{{ req.hdr(content-length) -m int gt {MAX_BODY_BYTES} }}"),
        f"http-request set-var(txn.backend) {fetch(Field.BACKEND)}",
        answer(500, "Internal Server Error", f"{{ var(txn.backend) -m str {NONE} }}"),
        *(f"http-request set-var(txn.backend) str({buffering.BACKEND}) if {c}" for c in buffering.LENGTH_IS_UNKNOWN),
        *buffering.SET_UNAVAILABLE,
        *_NOT_FOUND,
        "http-after-response set-header apigw-requestid %[var(txn.request_id)] if { var(txn.api) -m found }",
        *(rule for api in gateway.apis if api.cors for rule in cors.response_rules(api.cors, _is_chosen(api))),
        "use_backend %[var(txn.backend)] if { var(txn.backend) -m found }",
    ]


def _record(api: Api, stage: Stage, route: Route) -> str:
    limit = route.throttle or stage.throttle
    fields = {
        Field.ID: route.id,
        Field.AUTHORIZER: route.authorizer.id if route.authorizer else None,
        Field.SCOPES: _scope_set(route) if route.scopes else None,
        Field.BACKEND: backend_name(api, stage, route) if route.integration else None,
        Field.THROTTLE: throttling.table_name(limit) if limit else None,
        # Routes without a limit of their own share their stage's.
        Field.THROTTLE_KEY: name(api.id, stage.name, *([route.id] if route.throttle else [])),
        Field.KEY: route.key,
    }
    return route_record.encode(fields)


def _scope_set(route: Route) -> str:
    return "s" + digest(" ".join(route.scopes))[:12]


_NO_API = "http-response return status 404 content-type application/json string " + quote('{"message":"Not Found"}')
# The integration of an API may be a bucket or another service of LocalStack: its answers are the API's. What a REST API
# answers has the header.
_IS_NO_API = "{ var(txn.candidate) -m found } !{ var(txn.api) -m found } !{ res.hdr(x-amz-apigw-id) -m found }"
_NOT_FOUND = [
    # LocalStack knows no such REST API and takes the address for a bucket's. Only S3's answers have this header.
    f"{_NO_API} if {_IS_NO_API} {{ res.hdr(x-amz-id-2) -m found }}",
    # Once it serves REST APIs it says so in words of its own.
    f"{_NO_API} if {_IS_NO_API} {{ status 404 }} {{ res.hdr(x-localstack) -m found }}",
]


def _candidate() -> list[str]:
    """Returns rules that find the identifier of an API in the request's address."""
    return [
        f"http-request set-var(txn.candidate) req.hdr(host),lower,field(1,.) if {BY_HOST}",
        f"http-request set-var(txn.candidate) path,field(4,/) if {BY_PATH}",
    ]


def _select_api(gateway: Gateway, files: Files) -> list[str]:
    known = f"var(txn.candidate),map_str({files.domains})"
    return [
        f"http-request set-var(txn.domain) req.hdr(host) if {BY_HOST} !{BY_PATH}",
        f"http-request set-var(txn.path) path if {BY_HOST}",
        f"http-request set-var-fmt(txn.path) '/%[path,field(5,/,0)]' if {BY_PATH}",
        *custom_domains.rules(gateway, files.directory),
        f"http-request allow if !{{ {known} -m found }} !{{ var(txn.api) -m found }}",
        "http-request set-var(txn.api) var(txn.candidate) if !{ var(txn.api) -m found }",
        f"http-request set-var(txn.domain) {known} if !{{ var(txn.domain) -m found }}",
        "http-request set-var(txn.request_id) uuid(),sha1,bytes(0,11),base64",
        "http-request set-var(txn.method) method",
        "http-request set-path %[var(txn.path)]",
    ]


def _select_route(api: Api, files: Files) -> list[str]:
    chosen = _is_chosen(api)
    rules = cors.request_rules(api.cors, chosen) if api.cors else []
    first, unknown = "var(txn.path),field(2,/)", "!{ var(txn.route_path) -m found }"
    for stage in api.stages:
        if stage.name != DEFAULT_STAGE:
            rules.append(
                f"http-request set-var(txn.stage) {first} if {chosen} {unknown} "
                f"{{ {first} -m str {quote(stage.name)} }}"
            )
    rules += [
        f"http-request set-var-fmt(txn.route_path) '/%[var(txn.path),field(3,/,0)]' if {chosen} {unknown} "
        "{ var(txn.stage) -m found }",
        f"http-request set-var(txn.route_path) var(txn.path) if {chosen} {unknown}",
        f"http-request set-var(txn.stage) str({DEFAULT_STAGE}) if {chosen} !{{ var(txn.stage) -m found }}",
    ]
    for stage in api.stages:
        in_stage = f"{chosen} {{ var(txn.stage) -m str {quote(stage.name)} }}"
        # AWS matches the decoded path: an encoded one must not lead around a route with an authorizer.
        rules.append("http-request set-var(txn.decoded) var(txn.route_path),url_dec if " + in_stage)
        lookup = f"method,concat(,txn.decoded),map_reg({files.route_map(api, stage)})"
        rules.append(f"http-request set-var({route_record.VARIABLE}) {lookup} if {in_stage}")
    return rules


def _throttling(gateway: Gateway) -> list[str]:
    limits = sorted(throttles(gateway), key=throttling.table_name)
    if not limits:
        return []
    return [
        f"http-request set-var(txn.throttle) {fetch(Field.THROTTLE)}",
        f"http-request set-var(txn.throttle_key) {fetch(Field.THROTTLE_KEY)}",
        *(rule for limit in limits for rule in throttling.rules(limit)),
    ]


def _authorization(gateway: Gateway, files: Files) -> list[str]:
    routes = [route for _, _, route in gateway.routes()]
    authorizers = {route.authorizer.id: route.authorizer for route in routes if route.authorizer}
    rules = [f"http-request set-var(txn.authorizer_id) {fetch(Field.AUTHORIZER)}"] if authorizers else []
    if any(isinstance(authorizer, LambdaAuthorizer) for authorizer in authorizers.values()):
        rules.append(f"http-request set-var(txn.route_id) {fetch(Field.ID)}")
    for authorizer in authorizers.values():
        if isinstance(authorizer, JwtAuthorizer):
            rules += jwt.rules(authorizer, files.directory)
        else:
            rules += _lambda_authorization(f"{{ var(txn.authorizer_id) -m str {quote(authorizer.id)} }}")
    scoped = {
        _scope_set(route): route for route in routes if route.scopes and isinstance(route.authorizer, JwtAuthorizer)
    }
    if scoped:
        rules.append(f"http-request set-var(txn.scopes) {fetch(Field.SCOPES)}")
    return rules + [jwt.scope_rule(route, f"{{ var(txn.scopes) -m str {key} }}") for key, route in scoped.items()]


def _lambda_authorization(chosen: str) -> list[str]:
    return [
        f"http-request lua.subrequest authorize if {chosen}",
        answer(401, "Unauthorized", f"{chosen} {{ var(txn.decision) -m str unauthorized }}"),
        answer(403, "Forbidden", f"{chosen} {{ var(txn.decision) -m str deny }}"),
        answer(500, "Internal Server Error", f"{chosen} !{{ var(txn.decision) -m str allow }}"),
    ]


def _is_chosen(api: Api) -> str:
    return f"{{ var(txn.api) -m str {quote(api.id)} }}"
