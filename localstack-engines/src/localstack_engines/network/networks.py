"""Docker networks that represent VPCs. Knows Docker, not AWS."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

from localstack_engines.network import addresses
from localstack_engines.toolkit import labels, settings

LOG = logging.getLogger(__name__)

_SUBSTITUTES = settings.variable("VPC_SUBSTITUTES", "100.64.0.0/10").split(",")
"""Ranges for VPCs whose own range another Docker network has. Private networks hardly use that of RFC 6598."""


class NetworkConflict(Exception):
    """No range of the VPC's size is free on this machine."""


@dataclass(frozen=True)
class VpcNetwork:
    """The Docker network of a VPC. `resolver` is LocalStack's address in it (base+2), for DNS and all endpoints.

    `cidr` is its range on this machine. It differs from `vpc_cidr` when another Docker network has a part of that:
    Docker gives each range away once, while VPCs may have the same range.
    """

    vpc_id: str
    name: str
    vpc_cidr: str
    cidr: str
    resolver: str

    def subnet_range(self, subnet_cidr: str) -> str:
        """Returns the range on this machine of a subnet of the VPC."""
        return addresses.same_place(subnet_cidr, self.vpc_cidr, self.cidr)


class VpcNetworks:
    """Creates, finds and removes networks. A network is created when the first task of its VPC needs it."""

    def __init__(self) -> None:
        self._networks: dict[str, VpcNetwork] = {}
        self._lock = threading.Lock()

    def ensure(self, vpc_id: str, cidr: str) -> VpcNetwork:
        """Returns the VPC's network; creates it when it does not exist. Raises NetworkConflict."""
        with self._lock:
            network = self._networks.get(vpc_id)
            if network is None:
                network = self._networks[vpc_id] = self._create(vpc_id, cidr)
            return network

    def remove(self, vpc_id: str) -> None:
        with self._lock:
            network = self._networks.pop(vpc_id, None)
            if network is not None:
                _remove(network.name)

    def remove_all(self) -> None:
        for vpc_id in list(self._networks):
            self.remove(vpc_id)

    def find(self, vpc_id: str) -> VpcNetwork | None:
        return self._networks.get(vpc_id)

    def containing(self, address: str) -> VpcNetwork | None:
        """Returns the network that an address belongs to, or None."""
        ip = IPv4Address(address)
        for network in list(self._networks.values()):
            if ip in IPv4Network(network.cidr):
                return network
        return None

    def _create(self, vpc_id: str, cidr: str) -> VpcNetwork:
        client = docker_client()
        name, vpc_cidr = f"{settings.NAME}-{settings.owner()}-{vpc_id}", cidr
        cidr = _free_range(client, name, vpc_cidr)
        pool = {"Subnet": cidr, "Gateway": addresses.router(cidr)}
        client.api.create_network(
            name,
            driver="bridge",
            ipam={"Driver": "default", "Config": [pool]},
            labels=labels.labels(vpc=vpc_id),
            check_duplicate=True,
        )
        resolver = addresses.resolver(cidr)
        try:
            with _keep_name_server():
                client.api.connect_container_to_network(settings.owner(), name, ipv4_address=resolver)
        except Exception:
            _remove(name)
            raise
        _clear_interface_cache()
        LOG.info("VPC %s (%s) is the Docker network %s (%s)", vpc_id, vpc_cidr, name, cidr)
        return VpcNetwork(vpc_id=vpc_id, name=name, vpc_cidr=vpc_cidr, cidr=cidr, resolver=resolver)


def docker_client() -> Any:
    import docker

    return docker.from_env(timeout=120)


def _free_range(client: Any, name: str, cidr: str) -> str:
    """Returns the VPC's own range, or another one of its size if a Docker network has a part of that.

    Raises NetworkConflict when the substitutes are used up.
    """
    ranges = {
        network["Name"]: [pool["Subnet"] for pool in (network["IPAM"] or {}).get("Config") or [] if "Subnet" in pool]
        for network in client.api.networks()
        if network["Name"] != name
    }
    other = addresses.overlapping(cidr, ranges)
    if other is None:
        return cidr
    free = addresses.substitute(cidr, ranges, _SUBSTITUTES)
    if free is None:
        raise NetworkConflict(
            f"The CIDR '{cidr}' conflicts with the Docker network '{other}' ({', '.join(ranges[other])}), and Docker "
            f"networks use all of {', '.join(_SUBSTITUTES)}: give the VPC another CIDR, remove a network "
            "or set ENGINES_VPC_SUBSTITUTES."
        )
    LOG.info("the range %s belongs to the Docker network %s: using %s", cidr, other, free)
    return free


def _remove(name: str) -> None:
    from docker.errors import APIError, NotFound

    api = docker_client().api
    try:
        with _keep_name_server():
            for member in api.inspect_network(name).get("Containers") or {}:
                api.disconnect_container_from_network(member, name, force=True)
        api.remove_network(name)
    except NotFound:
        return
    except APIError as error:
        LOG.warning("cannot remove the network %s: %s", name, error)


@contextmanager
def _keep_name_server(path: Path = Path("/etc/resolv.conf")) -> Iterator[None]:
    """Restores the name server of LocalStack's container after the body.

    Docker writes its own resolver into a container that joins or leaves a network. LocalStack would then not use its
    own DNS server, and could not resolve `*.localhost.localstack.cloud`.
    """
    before = path.read_text()
    yield
    if path.read_text() != before:
        path.write_text(before)


def _clear_interface_cache() -> None:
    """Makes LocalStack's DNS server see its new interface at once; it caches them for ten seconds."""
    from localstack.dns import server

    server.psutil_cache.clear()


networks = VpcNetworks()
"""The networks of this LocalStack. There is one Docker daemon, so there is one table."""
