"""The servers behind an integration: Cloud Map's instances, a load balancer's listener, or a host name's addresses."""

import ipaddress
import logging
import socket
from collections.abc import Iterable

from localstack_engines.gateway.model import Server
from localstack_engines.services.elbv2 import public as load_balancers
from localstack_engines.services.servicediscovery import public as cloud_map

LOG = logging.getLogger(__name__)

CLOUD_MAP = "cloudmap:"
"""Before the ARN of a Cloud Map service."""
LISTENER = "listener:"
"""Before the ARN of a load balancer's listener."""
HOST = "host:"
"""Before a host name and port."""


class Upstreams:
    """Looks up the servers of upstreams. A name that does not resolve any more keeps its last addresses."""

    def __init__(self) -> None:
        self._addresses: dict[str, tuple[str, ...]] = {}

    def servers(self, upstream: str) -> tuple[Server, ...]:
        """Returns the servers that an upstream has now."""
        if upstream.startswith(CLOUD_MAP):
            return _instances(upstream.removeprefix(CLOUD_MAP))
        if upstream.startswith(LISTENER):
            address = load_balancers.listener_address(upstream.removeprefix(LISTENER))
            return (Server(address=address[0], port=address[1]),) if address else ()
        port = int(upstream.rpartition(":")[2])
        return tuple(Server(address=address, port=port) for address in self._resolve(_host(upstream)))

    def resolve_again(self, upstreams: Iterable[str]) -> None:
        """Resolves the names of these upstreams again, and forgets all other names."""
        hosts = {_host(upstream) for upstream in upstreams if upstream.startswith(HOST)}
        for host in list(self._addresses):
            if host in hosts:
                self._lookup(host)
            else:
                self._addresses.pop(host, None)

    def _resolve(self, host: str) -> tuple[str, ...]:
        if host not in self._addresses:
            self._lookup(host)
        return self._addresses.get(host, ())

    def _lookup(self, host: str) -> None:
        try:
            self._addresses[host] = (str(ipaddress.ip_address(host)),)
            return
        except ValueError:
            pass
        try:
            found = socket.getaddrinfo(host, None, family=socket.AF_INET, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            LOG.warning("cannot resolve %s: %s", host, error)
            self._addresses.setdefault(host, ())
            return
        self._addresses[host] = tuple(sorted({str(entry[4][0]) for entry in found}))


def _host(upstream: str) -> str:
    return upstream.removeprefix(HOST).rpartition(":")[0]


def _instances(arn: str) -> tuple[Server, ...]:
    found = {
        Server(address=instance.ipv4, port=instance.port or 80)
        for instance in cloud_map.instances(arn)
        if instance.healthy and instance.ipv4
    }
    return tuple(sorted(found))
