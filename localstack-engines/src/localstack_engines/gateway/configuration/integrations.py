"""HAProxy's sections for integrations: where a request goes, what it looks like there, and how errors look."""

import re
from collections.abc import Mapping

from localstack_engines.gateway import headers
from localstack_engines.gateway.configuration.expressions import Scope, path_variable, references
from localstack_engines.gateway.configuration.parameter_mapping import request_rules, response_rules
from localstack_engines.gateway.configuration.syntax import literal, name, quote
from localstack_engines.gateway.edge import Edge
from localstack_engines.gateway.model import Api, Function, Integration, Proxy, Route, Server, ServiceCall, Stage
from localstack_engines.gateway.route_record import Field, fetch
from localstack_engines.gateway.routes import variables

DEFAULTS = "api"

REMOVE_CLIENTS_HEADERS = f"http-request del-header {headers.PREFIX} -m beg"

STATE = {
    headers.API: ("txn.api", False),
    headers.STAGE: ("txn.stage", False),
    headers.CLIENT_PATH: ("txn.client_path", False),
    headers.PATH: ("txn.path", False),
    headers.ROUTE_PATH: ("txn.route_path", False),
    headers.REQUEST_ID: ("txn.request_id", False),
    headers.DOMAIN: ("txn.domain", False),
    headers.CLAIMS: ("txn.claims", True),
    headers.AUTHORIZER: ("txn.authorizer", True),
}
"""What the edge's rules found out about a request: header -> (variable, whether it is JSON and sent in base64)."""

_TEMPLATE = re.compile(r"\{([\w.-]+)\+?\}")

_ERRORS = {
    # HAProxy's bad gateway is a target that broke off. AWS answers that with 503 and no more detail than this.
    502: "Service Unavailable",
    503: "Service Unavailable",
    504: "Endpoint request timed out",
}


def defaults() -> list[str]:
    """Returns the settings that all integrations share. Connections are retried, requests that were sent are not."""
    errors = [
        f"    http-error status {status} content-type application/json string " + quote(f'{{"message":"{message}"}}')
        for status, message in _ERRORS.items()
    ]
    return [
        f"defaults {DEFAULTS}",
        "    mode http",
        "    balance leastconn",
        # A task that has just stopped answers no SYN: another one is tried soon.
        "    timeout connect 1s",
        "    retries 3",
        "    retry-on conn-failure",
        "    option redispatch 1",
        "    timeout tunnel 1h",
        "    default-server pool-purge-delay 1s",
        *errors,
    ]


def backend_name(api: Api, stage: Stage, route: Route) -> str:
    """Returns the name of the section for a route's integration.

    Routes share a section unless the integration depends on the route, by a path variable for instance.
    """
    assert route.integration is not None
    own = [route.id] if _depends_on_route(route.integration) else []
    return name(api.id, stage.name, route.integration.id, *own)


def render(api: Api, stage: Stage, route: Route, servers: Mapping[str, tuple[Server, ...]], edge: Edge) -> list[str]:
    """Returns the section for a route's integration."""
    integration = route.integration
    assert integration is not None
    scope = Scope(path_variables=variables(route.key), stage_variables=stage.variables, account=api.account)
    rules = [f"timeout server {integration.timeout_ms}ms"]
    if isinstance(integration, Proxy):
        rules += _proxy(integration, scope, servers.get(integration.upstream, ()))
    else:
        rules += _answered_by_plugin(integration, scope, edge)
    rules += response_rules(integration.response_parameters, scope)
    return [f"backend {backend_name(api, stage, route)} from {DEFAULTS}", *(f"    {rule}" for rule in rules)]


def set_state_headers() -> list[str]:
    """Returns rules that describe the request to the plugin."""
    return [
        f"http-request set-header {header} '%[var({variable}){',base64' if is_json else ''}]'"
        for header, (variable, is_json) in STATE.items()
    ]


def to_plugin(edge: Edge) -> str:
    """Returns the line for the server that answers sub-requests."""
    return f"server plugin unix@{edge.subrequest_socket}"


def server_options(integration: Proxy) -> str:
    """Returns the options that every server of the integration has, with a blank in front; "" when there are none."""
    if integration.server_name is None:
        return ""
    sni = quote(f"str({integration.server_name})")
    return f" ssl verify required ca-file @system-ca sni {sni}"


def _proxy(integration: Proxy, scope: Scope, servers: tuple[Server, ...]) -> list[str]:
    rules = _forwarded(integration)
    if integration.path is not None:
        path = _TEMPLATE.sub(lambda found: path_variable(found[1], scope), literal(integration.path))
        rules.append(f"http-request set-path {quote(path)}")
    if integration.query:
        query = quote(literal(integration.query))
        rules.append("http-request set-var-fmt(txn.query) '&%[query]' if { query -m len gt 0 }")
        rules.append(f"http-request set-query {query}'%[var(txn.query)]'")
    rules += request_rules(integration.request_parameters, scope)
    if integration.method is not None:
        rules.append(f"http-request set-method {quote(integration.method)}")
    options = server_options(integration)
    return rules + [f"server {server.name} {server.endpoint}{options}" for server in servers]


def _answered_by_plugin(integration: Function | ServiceCall, scope: Scope, edge: Edge) -> list[str]:
    return [
        REMOVE_CLIENTS_HEADERS,
        *set_state_headers(),
        f"http-request set-header {headers.ROUTE_ID} '%[{fetch(Field.ID)}]'",
        f"http-request set-header {headers.SOURCE} %[src]",
        *request_rules(integration.request_parameters, scope),
        to_plugin(edge),
    ]


def _forwarded(integration: Proxy) -> list[str]:
    """Returns rules for the headers that tell an integration who asked for what.

    AWS appends to the values that the client sent.
    """
    host = quote(literal(integration.host)) if integration.host else "%[var(txn.domain)]"
    forwarded = "by=%[dst];for=%[src];host=%[var(txn.domain)];proto=http"
    lines = []
    for header, value in (
        ("x-forwarded-for", "%[src]"),
        ("forwarded", forwarded),
        ("via", "HTTP/1.1 AmazonAPIGateway"),
    ):
        variable = f"txn.{header.replace('-', '_')}"
        present = f"{{ req.fhdr({header}) -m found }}"
        lines.append(f"http-request set-var-fmt({variable}) '%[req.fhdr({header})], ' if {present}")
        lines.append(f"http-request set-header {header} '%[var({variable})]{value}'")
    trace = "Root=1-%[date,hex,bytes(8,8),lower]-%[uuid(),sha1,hex,bytes(0,24),lower]"
    return [
        *lines,
        "http-request set-header x-forwarded-proto http",
        "http-request set-header x-forwarded-port %[dst_port]",
        "http-request set-header x-forwarded-host %[var(txn.domain)]",
        f"http-request set-header x-amzn-trace-id {quote(trace)} unless {{ req.fhdr(x-amzn-trace-id) -m found }}",
        f"http-request set-header host {host}",
    ]


def _depends_on_route(integration: Integration) -> bool:
    values = [value for _, value in integration.request_parameters]
    values += [value for _, group in integration.response_parameters for _, value in group]
    if any(name.startswith("request.path.") for value in values for name in references(value)):
        return True
    return isinstance(integration, Proxy) and bool(integration.path and _TEMPLATE.search(integration.path))
