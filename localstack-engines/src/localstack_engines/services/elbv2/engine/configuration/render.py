"""Renders HAProxy's configuration of a load balancer."""

from dataclasses import dataclass, field
from pathlib import Path

from localstack_engines.gateway.configuration.syntax import quote
from localstack_engines.services.elbv2.engine.configuration import answers, frontends
from localstack_engines.services.elbv2.engine.model import LoadBalancer, Options, Pool

PEER = "balancer"
"""The name under which HAProxy hands its stick tables on to the worker that replaces it."""


@dataclass(frozen=True)
class Rendered:
    """The configuration, and the files that it reads by their names."""

    config: str
    files: dict[str, str] = field(default_factory=dict)


def render(balancer: LoadBalancer, directory: Path) -> Rendered:
    """Returns the configuration. `directory` is where HAProxy finds its files and sockets."""
    sections, files = [_global(directory), _defaults(balancer.options), _peers(directory)], dict[str, str]()
    for listener in balancer.listeners:
        own, needed = frontends.render(balancer, listener, directory)
        sections, files = sections + own, files | needed
    sections += [_pool(pool, balancer) for pool in balancer.pools]
    return Rendered("\n\n".join("\n".join(section) for section in sections) + "\n", files)


def _global(directory: Path) -> list[str]:
    return [
        "global",
        "    log stdout format raw daemon notice",
        f"    localpeer {PEER}",
        # A new worker takes the old one's listening sockets over, so that at no moment are all of them closed.
        f"    stats socket unix@{directory}/stats.sock mode 600 level admin expose-fd listeners",
        # An old worker stays for the connections that it has, but not longer than this.
        "    hard-stop-after 1h",
        "    tune.bufsize 65536",
        "    tune.maxrewrite 8192",
        "    ssl-default-bind-options prefer-client-ciphers",
        "    tune.http.maxhdr 256",
    ]


def _defaults(options: Options) -> list[str]:
    """Returns the settings of all sections.

    Source of the connect time-out: AWS's troubleshooting page on HTTP 504.
    """
    return [
        "defaults",
        "    mode http",
        "    log global",
        "    option dontlognull",
        "    option redispatch 1",
        "    retries 2",
        # A connection between two requests is idle, too.
        f"    timeout http-keep-alive {min(options.keep_alive, options.idle_timeout)}s",
        f"    timeout http-request {options.idle_timeout}s",
        "    timeout connect 10s",
        f"    timeout client {options.idle_timeout}s",
        f"    timeout server {options.idle_timeout}s",
        f"    timeout tunnel {options.idle_timeout}s",
        # A request fails when its server closes the idle connection at that moment: HAProxy closes it earlier.
        "    default-server pool-purge-delay 1s",
        *(f"    {line}" for line in answers.defaults()),
    ]


def _peers(directory: Path) -> list[str]:
    return [f"peers {PEER}", f"    peer {PEER} unix@{directory}/peer.sock"]


def _pool(pool: Pool, balancer: LoadBalancer) -> list[str]:
    is_http = pool.protocol in ("HTTP", "HTTPS")
    lines = [f"backend {pool.section}", f"    mode {'http' if is_http else 'tcp'}", f"    balance {pool.balance}"]
    if is_http:
        lines.append(f"    {answers.unavailable('{ nbsrv lt 1 }')}")
    lines += [f"    {line}" for line in _stickiness(pool)]
    return [
        *lines,
        *(f"    server {one.name} {one.endpoint}{pool.server_options}" for one in balancer.servers[pool.id]),
    ]


def _stickiness(pool: Pool) -> list[str]:
    """Returns the lines that keep a client at its target.

    Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/sticky-sessions.html
    """
    if pool.by_source:
        return [f"stick-table type ipv6 size 100k expire 1h peers {PEER}", "stick on src"]
    if pool.stickiness is None:
        return []
    seconds, cookie = pool.stickiness.seconds, pool.stickiness.cookie
    if cookie is None:
        # The key only makes the values differ from those of other target groups; it protects nothing.
        return [
            f"cookie AWSALB insert indirect nocache dynamic attr {quote(f'Max-Age={seconds}')} maxlife {seconds}s",
            f"dynamic-cookie-key {pool.id}",
        ]
    return [
        f"stick-table type string len 256 size 100k expire {seconds}s peers {PEER}",
        f"stick match req.cook({cookie})",
        f"stick store-request req.cook({cookie})",
        f"stick store-response res.cook({cookie})",
    ]
