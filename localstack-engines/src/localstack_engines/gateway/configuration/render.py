"""Renders HAProxy's configuration from the edge's settings and the APIs."""

from dataclasses import dataclass

from localstack_engines.gateway.configuration import (
    buffering,
    custom_domains,
    edge_rules,
    integrations,
    jwt,
    throttling,
    websockets,
)
from localstack_engines.gateway.configuration.access_log import log_lines
from localstack_engines.gateway.configuration.sections import (
    render_defaults,
    render_edge,
    render_global,
    render_loopback,
    render_passthrough,
    render_tls,
)
from localstack_engines.gateway.edge import Edge
from localstack_engines.gateway.model import Gateway, Proxy


@dataclass(frozen=True)
class Rendered:
    """The configuration, and the files that it reads by their names."""

    config: str
    files: dict[str, str]


def render(edge: Edge, gateway: Gateway) -> Rendered:
    """Returns the configuration that serves these APIs. Raises ValueError for what HAProxy cannot express."""
    files = edge_rules.Files(edge.directory)
    has_domains = bool(gateway.domains)
    sni = [custom_domains.sni_condition(edge.directory)] if has_domains else []
    certificates = custom_domains.certificates_file(edge.directory) if has_domains else None
    sections = [
        render_global(edge),
        render_defaults(),
        render_edge(edge, [*log_lines(edge, gateway), *edge_rules.rules(gateway, files)], sni),
        render_passthrough(edge),
        *([render_tls(edge, certificates)] if edge.certificate else []),
        *([render_loopback(edge)] if edge.certificate and edge.https_port else []),
        _unknown_keys(),
        *throttling.tables(edge_rules.throttles(gateway)),
        integrations.defaults(),
        *buffering.render(edge),
        *(websockets.render(edge) if gateway.websockets else []),
        *_integrations(edge, gateway),
    ]
    return Rendered("\n\n".join("\n".join(section) for section in sections) + "\n", _files(gateway, files))


def integration_backends(gateway: Gateway) -> dict[str, list[tuple[str, str]]]:
    """Returns the sections that use each upstream: upstream -> [(section, options of its servers)]."""
    found: dict[str, dict[str, str]] = {}
    for api, stage, route in gateway.routes():
        integration = route.integration
        if isinstance(integration, Proxy):
            section = integrations.backend_name(api, stage, route)
            found.setdefault(integration.upstream, {})[section] = integrations.server_options(integration)
    return {upstream: sorted(sections.items()) for upstream, sections in found.items()}


def _integrations(edge: Edge, gateway: Gateway) -> list[list[str]]:
    sections = {
        integrations.backend_name(api, stage, route): integrations.render(api, stage, route, gateway.servers, edge)
        for api, stage, route in gateway.routes()
        if route.integration is not None
    }
    return [sections[section] for section in sorted(sections)]


def _unknown_keys() -> list[str]:
    return [
        f"backend {jwt.UNKNOWN_KEY_TABLE}",
        f"    stick-table type string len 200 size 1k expire 1m store gpc0_rate({jwt.UNKNOWN_KEY_WINDOW})",
    ]


def _files(gateway: Gateway, files: edge_rules.Files) -> dict[str, str]:
    found = {
        files.route_map(api, stage).name: edge_rules.route_map(api, stage)
        for api in gateway.apis
        for stage in api.stages
    }
    found |= custom_domains.files(gateway, files.directory)
    if gateway.apis or gateway.domains:
        found[files.domains.name] = edge_rules.domains(gateway)
    if gateway.websockets:
        found[files.websockets.name] = websockets.domains(gateway)
    for authorizer in gateway.jwt_authorizers().values():
        for kind, text in jwt.lists(authorizer).items():
            found[jwt.list_file(files.directory, authorizer, kind).name] = text
        for key in authorizer.keys:
            found[jwt.key_file(files.directory, key.pem).name] = key.pem
    return found
