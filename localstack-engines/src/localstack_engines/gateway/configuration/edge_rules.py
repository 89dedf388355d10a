"""The rules of the edge frontend: which API, stage and route a request is for, and whether it may pass.

Variables that the rules leave behind: ``txn.api``, ``txn.domain``, ``txn.path`` (without the URL's prefix),
``txn.stage``, ``txn.route_path`` (without the stage), ``txn.match`` (the line of the route, see `route_line`).
"""

from dataclasses import dataclass
from pathlib import Path

from localstack_engines.gateway.configuration import cors, jwt, throttling
from localstack_engines.gateway.configuration.integrations import backend_name
from localstack_engines.gateway.configuration.sections import BY_HOST, BY_PATH
from localstack_engines.gateway.configuration.syntax import answer, digest, name, quote
from localstack_engines.gateway.model import DEFAULT_STAGE, Api, Gateway, JwtAuthorizer, Route, Stage, Throttle
from localstack_engines.gateway.routes import ordered, pattern

MAX_BODY = 10 * 1024 * 1024
# Places in a route's line, see `route_line`.
_AUTHORIZER, _SCOPES, _BACKEND, _THROTTLE, _THROTTLED = 2, 3, 4, 5, 6

_UNKNOWN_LENGTH = (
    "{ req.hdr(transfer-encoding) -m found }",
    "{ req.ver 2.0 } { method POST PUT PATCH } !{ req.hdr(content-length) -m found }",
)


@dataclass(frozen=True)
class Files:
    """Where the configuration finds its files."""

    directory: Path

    def routes(self, api: Api, stage: Stage) -> Path:
        return self.directory / f"routes-{digest(f'{api.id}/{stage.name}')[:16].lower()}.map"

    @property
    def keys(self) -> Path:
        return self.directory


def route_map(api: Api, stage: Stage) -> str:
    """The map of a stage: patterns in the order in which they are tried, each with its route's line."""
    return "".join(f"{pattern(route)} {route_line(api, stage, route)}\n" for route in ordered(stage.routes))


def route_line(api: Api, stage: Stage, route: Route) -> str:
    """What the rules need to know of a route: id, authorizer, scopes, backend, throttle and what it counts, key."""
    limit = route.throttle or stage.throttle
    fields = [
        route.id,
        route.authorizer.id if route.authorizer else "none",
        scope_set(route),
        backend_name(api, stage, route) if route.integration else "none",
        throttling.table_name(limit) if limit else "none",
        name(api.id, stage.name, *([route.id] if route.throttle else [])),
        route.key.replace(" ", "_", 1),
    ]
    return "|".join(fields)


def scope_set(route: Route) -> str:
    return "s" + digest(" ".join(route.scopes))[:12] if route.scopes else "none"


def throttles(gateway: Gateway) -> set[Throttle]:
    """Every limit that some route has."""
    limits = {route.throttle or stage.throttle for stage, route in _routes(gateway)}
    return {limit for limit in limits if limit}


def rules(gateway: Gateway, files: Files) -> list[str]:
    """All rules for HTTP APIs; a request for something else leaves them at once."""
    if not gateway.apis:
        return []
    return [
        *_which_api(gateway),
        *(rule for api in gateway.apis for rule in _which_route(api, files)),
        answer(404, "Not Found", "!{ var(txn.match) -m found }"),
        *_throttling(gateway),
        *_authorization(gateway, files),
        answer(413, "Request Entity Too Large", f"{{ req.hdr(content-length) -m int gt {MAX_BODY} }}"),
        f"http-request set-var(txn.backend) var(txn.match),field({_BACKEND},|)",
        answer(500, "Internal Server Error", "{ var(txn.backend) -m str none }"),
        # What broke off before it answered is unavailable; a 502 of the integration's own stays one.
        "http-response set-var(txn.upstream_status) status if { var(txn.api) -m found }",
        "http-after-response set-status 503 if { status 502 } { var(txn.api) -m found } "
        "!{ var(txn.upstream_status) -m found }",
        "http-after-response set-header apigw-requestid %[var(txn.request_id)] if { var(txn.api) -m found }",
        *(rule for api in gateway.apis if api.cors for rule in cors.response_rules(api.cors, _chosen(api))),
        "use_backend %[var(txn.backend)] if { var(txn.backend) -m found }",
    ]


def _which_api(gateway: Gateway) -> list[str]:
    ids = " ".join(quote(api.id) for api in gateway.apis)
    domains = (
        f"http-request set-var(txn.domain) str({quote(api.domain)}) if {_chosen(api)} !{{ var(txn.domain) -m found }}"
        for api in gateway.apis
    )
    return [
        "http-request set-log-level silent",
        f"http-request set-var(txn.candidate) req.hdr(host),lower,field(1,.) if {BY_HOST}",
        f"http-request set-var(txn.domain) req.hdr(host) if {BY_HOST} !{BY_PATH}",
        f"http-request set-var(txn.path) path if {BY_HOST}",
        f"http-request set-var(txn.candidate) path,field(4,/) if {BY_PATH}",
        f"http-request set-var-fmt(txn.path) '/%[path,field(5,/,0)]' if {BY_PATH}",
        f"http-request allow unless {{ var(txn.candidate) -m str {ids} }}",
        # Nobody has counted such a body yet: the plugin does, and sends it again with its length.
        *(f"http-request set-var(txn.spool) bool(true) if {condition}" for condition in _UNKNOWN_LENGTH),
        "use_backend spool if { var(txn.spool) -m bool }",
        "http-request allow if { var(txn.spool) -m bool }",
        "http-request set-var(txn.api) var(txn.candidate)",
        *domains,
        "http-request set-var(txn.request_id) uuid(),sha1,bytes(0,11),base64",
        "http-request set-var(txn.method) method",
        "http-request set-path %[var(txn.path)]",
    ]


def _which_route(api: Api, files: Files) -> list[str]:
    chosen = _chosen(api)
    rules = cors.request_rules(api.cors, chosen) if api.cors else []
    first = "var(txn.path),field(2,/)"
    for stage in api.stages:
        if stage.name != DEFAULT_STAGE:
            rules.append(
                f"http-request set-var(txn.stage) {first} if {chosen} {{ {first} -m str {quote(stage.name)} }}"
            )
    rules += [
        f"http-request set-var-fmt(txn.route_path) '/%[var(txn.path),field(3,/,0)]' if {chosen} "
        "{ var(txn.stage) -m found }",
        f"http-request set-var(txn.route_path) var(txn.path) if {chosen} !{{ var(txn.stage) -m found }}",
        f"http-request set-var(txn.stage) str({DEFAULT_STAGE}) if {chosen} !{{ var(txn.stage) -m found }}",
    ]
    for stage in api.stages:
        here = f"{chosen} {{ var(txn.stage) -m str {quote(stage.name)} }}"
        if stage.access_log:
            rules.append(f"http-request set-log-level info if {here}")
        # AWS matches the decoded path; an encoded one must not get round a route with an authorizer.
        rules.append("http-request set-var(txn.decoded) var(txn.route_path),url_dec if " + here)
        lookup = f"method,concat(,txn.decoded),map_reg({files.routes(api, stage)})"
        rules.append(f"http-request set-var(txn.match) {lookup} if {here}")
    return rules


def _throttling(gateway: Gateway) -> list[str]:
    limits = sorted(throttles(gateway), key=throttling.table_name)
    if not limits:
        return []
    return [
        f"http-request set-var(txn.throttle) var(txn.match),field({_THROTTLE},|)",
        f"http-request set-var(txn.throttled) var(txn.match),field({_THROTTLED},|)",
        *(rule for limit in limits for rule in throttling.rules(limit)),
    ]


def _authorization(gateway: Gateway, files: Files) -> list[str]:
    routes = [route for _, route in _routes(gateway)]
    authorizers = {route.authorizer.id: route.authorizer for route in routes if route.authorizer}
    rules = [f"http-request set-var(txn.auth) var(txn.match),field({_AUTHORIZER},|)"] if authorizers else []
    for authorizer in authorizers.values():
        if isinstance(authorizer, JwtAuthorizer):
            rules += jwt.rules(authorizer, files.keys)
        else:
            rules += _ask_lambda(f"{{ var(txn.auth) -m str {quote(authorizer.id)} }}")
    scoped = {
        scope_set(route): route for route in routes if route.scopes and isinstance(route.authorizer, JwtAuthorizer)
    }
    if scoped:
        rules.append(f"http-request set-var(txn.scopes) var(txn.match),field({_SCOPES},|)")
    return rules + [jwt.scope_rule(route, f"{{ var(txn.scopes) -m str {key} }}") for key, route in scoped.items()]


def _ask_lambda(chosen: str) -> list[str]:
    return [
        f"http-request lua.ask authorize if {chosen}",
        answer(401, "Unauthorized", f"{chosen} {{ var(txn.verdict) -m str unauthorized }}"),
        answer(403, "Forbidden", f"{chosen} {{ var(txn.verdict) -m str deny }}"),
        answer(500, "Internal Server Error", f"{chosen} !{{ var(txn.verdict) -m str allow }}"),
    ]


def _routes(gateway: Gateway) -> list[tuple[Stage, Route]]:
    return [(stage, route) for api in gateway.apis for stage in api.stages for route in stage.routes]


def _chosen(api: Api) -> str:
    return f"{{ var(txn.api) -m str {quote(api.id)} }}"
