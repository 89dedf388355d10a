"""Renders HAProxy's configuration: a pure function of where the door is and which APIs there are."""

from dataclasses import dataclass

from localstack_engines.gateway.configuration import edge_rules, integrations, jwt, throttling
from localstack_engines.gateway.configuration.access_log import log_lines
from localstack_engines.gateway.configuration.sections import (
    Door,
    render_defaults,
    render_edge,
    render_global,
    render_passthrough,
)
from localstack_engines.gateway.model import Gateway, JwtAuthorizer, Proxy


@dataclass(frozen=True)
class Rendered:
    """The configuration and the files that it reads, by name."""

    config: str
    files: dict[str, str]


def render(door: Door, gateway: Gateway) -> Rendered:
    files = edge_rules.Files(door.directory)
    sections = [
        render_global(door),
        render_defaults(),
        render_edge(door, [*log_lines(door, gateway), *edge_rules.rules(gateway, files)]),
        render_passthrough(door),
        _unknown_keys(),
        *throttling.tables(edge_rules.throttles(gateway)),
        integrations.spool(str(door.python_socket)),
        integrations.defaults(),
        *_integrations(door, gateway),
    ]
    return Rendered("\n\n".join("\n".join(section) for section in sections) + "\n", _files(gateway, files))


def integration_backends(gateway: Gateway) -> dict[str, list[tuple[str, str]]]:
    """Which sections use an upstream: upstream -> [(section, options of its servers)]."""
    found: dict[str, dict[str, str]] = {}
    for api in gateway.apis:
        for stage in api.stages:
            for route in stage.routes:
                integration = route.integration
                if isinstance(integration, Proxy):
                    section = integrations.backend_name(api, stage, route)
                    found.setdefault(integration.upstream, {})[section] = integrations.server_options(integration)
    return {upstream: sorted(sections.items()) for upstream, sections in found.items()}


def _integrations(door: Door, gateway: Gateway) -> list[list[str]]:
    sections = {}
    for api in gateway.apis:
        for stage in api.stages:
            for route in stage.routes:
                if route.integration is not None:
                    section = integrations.backend_name(api, stage, route)
                    sections[section] = integrations.render(api, stage, route, gateway.servers, str(door.python_socket))
    return [sections[section] for section in sorted(sections)]


def _unknown_keys() -> list[str]:
    window = jwt.UNKNOWN_KEY_COOLDOWN
    return [
        f"backend {jwt.UNKNOWN_KEY_TABLE}",
        f"    stick-table type string len 200 size 1k expire 1m store gpc0_rate({window})",
    ]


def _files(gateway: Gateway, files: edge_rules.Files) -> dict[str, str]:
    found = {}
    for api in gateway.apis:
        for stage in api.stages:
            found[files.routes(api, stage).name] = edge_rules.route_map(api, stage)
            for route in stage.routes:
                if isinstance(route.authorizer, JwtAuthorizer):
                    for key in route.authorizer.keys:
                        found[jwt.key_file(files.keys, key.pem).name] = key.pem
    return found
