"""The container of a load balancer: one HAProxy with an address of the load balancer's subnet."""

import io
import logging
import tarfile
import threading
import time
from dataclasses import dataclass, replace
from typing import Any

from localstack_engines.gateway.haproxy.master_socket import CommandFailed
from localstack_engines.gateway.model import Server
from localstack_engines.services.elbv2.engine import agent
from localstack_engines.services.elbv2.engine.agent_channel import AgentChannel, Step
from localstack_engines.services.elbv2.engine.configuration.render import Rendered, render
from localstack_engines.services.elbv2.engine.model import LoadBalancer, Pool
from localstack_engines.toolkit import labels, settings

LOG = logging.getLogger(__name__)

_COMMAND = ["tini", "--", "haproxy", "-W", "-S", f"{agent.MASTER},mode,600", "-f", str(agent.CONFIG)]
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 2.0
"""Seconds between two looks at the connections of a server."""
_LOG_CONFIG = {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "2"}}


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where the container is: its name, its Docker network, its address there, and LocalStack's."""

    name: str
    network: str
    address: str
    resolver: str


class BalancerContainer:
    """Runs a load balancer and takes a new model of it while it runs."""

    def __init__(self, client: Any, place: Place) -> None:
        self._api = client.api
        self._place = place
        self._id: str | None = None
        self._agent: AgentChannel | None = None
        self._served = LoadBalancer(trusted=place.resolver)
        self._lock = threading.Lock()

    def start(self) -> None:
        """Starts the container and returns when HAProxy runs. Raises docker.errors.APIError or CommandFailed."""
        api, place = self._api, self._place
        created = api.create_container(
            api.inspect_container(settings.owner())["Image"],
            entrypoint=_COMMAND,
            name=place.name,
            labels=labels.labels(balancer=place.name),
            healthcheck={"Test": ["NONE"]},
            networking_config=api.create_networking_config(
                {place.network: api.create_endpoint_config(ipv4_address=place.address)}
            ),
            host_config=api.create_host_config(
                network_mode=place.network,
                dns=[place.resolver],
                log_config=_LOG_CONFIG,
                cap_drop=["ALL"],
                cap_add=["NET_BIND_SERVICE"],
                # HAProxy that dies is started again on its last configuration, at its address.
                restart_policy={"Name": "on-failure"},
            ),
        )
        self._id = str(created["Id"])
        self._agent = AgentChannel(api, self._id)
        self._put(_files(render(self._served, agent.DIRECTORY)))
        api.start(self._id)
        self._run([["ready"]])

    def remove(self) -> None:
        """Removes the container. Does nothing when there is none."""
        from docker.errors import APIError, NotFound

        if self._id is None or self._agent is None:
            return
        self._agent.close()
        try:
            self._api.remove_container(self._id, force=True, v=True)
        except NotFound:
            return
        except APIError as error:
            LOG.warning("cannot remove the load balancer %s: %s", self._place.name, error)

    def serve(self, balancer: LoadBalancer) -> None:
        """Serves this model. Returns when every new request sees it; no open connection is closed.

        Raises CommandFailed when HAProxy refuses it; then the former model stays.
        """
        with self._lock:
            if balancer == self._served:
                return
            only_servers = replace(balancer, servers={}) == replace(self._served, servers={})
            if not only_servers or not self._change_servers(balancer):
                self._reload(balancer)
            self._served = balancer

    def drain(self, pool: Pool, server: Server, seconds: float, closes: bool) -> None:
        """Returns when a server that is not served any more has no connections, or after `seconds`.

        Then `closes` says whether the connections that are left are closed. Raises CommandFailed.
        """
        name: Step = [pool.section, server.address, server.port]
        deadline, pause = time.monotonic() + seconds, _FIRST_PAUSE
        while self._run([["is_connected", *name]])[0]:
            if time.monotonic() >= deadline:
                if closes:
                    self._run([["disconnect", *name], ["is_connected", *name]])
                return
            time.sleep(min(pause, max(0.0, deadline - time.monotonic())))
            pause = min(2 * pause, _LONGEST_PAUSE)

    def _change_servers(self, balancer: LoadBalancer) -> bool:
        """Adds and removes servers while HAProxy runs. Returns False when that failed and a reload is needed."""
        added: list[Step] = []
        removed: list[Step] = []
        for pool in balancer.pools:
            before, after = set(self._served.servers[pool.id]), set(balancer.servers[pool.id])
            added += [["add", pool.section, s.address, s.port, pool.server_options] for s in sorted(after - before)]
            removed += [["remove", pool.section, s.address, s.port] for s in sorted(before - after)]
        try:
            # New servers are added first, so that a pool always has a server. A restarted container reads the file.
            self._run([*added, *removed], _files(render(balancer, agent.DIRECTORY)))
        except CommandFailed as error:
            LOG.info("the load balancer %s is reloaded to change its servers: %s", self._place.name, error)
            return False
        return True

    def _reload(self, balancer: LoadBalancer) -> None:
        try:
            self._run([["reload"]], _files(render(balancer, agent.DIRECTORY)))
        except CommandFailed:
            self._run([], _files(render(self._served, agent.DIRECTORY)))
            raise

    def _put(self, files: dict[str, str]) -> None:
        """Writes files into the container before it runs."""
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            directory = tarfile.TarInfo(str(agent.DIRECTORY).lstrip("/"))
            directory.type, directory.mode = tarfile.DIRTYPE, 0o700
            archive.addfile(directory)
            for name, text in files.items():
                content = text.encode()
                entry = tarfile.TarInfo(f"{directory.name}/{name}")
                entry.size, entry.mode = len(content), 0o600
                archive.addfile(entry, io.BytesIO(content))
        self._api.put_archive(self._id, "/", buffer.getvalue())

    def _run(self, steps: list[Step], files: dict[str, str] | None = None) -> list[Any]:
        """Writes files and runs steps of `agent` in the container. Returns their results; raises CommandFailed."""
        if self._agent is None:
            raise CommandFailed("The load balancer does not run.")
        return self._agent.run(steps, files)


def _files(rendered: Rendered) -> dict[str, str]:
    return {**rendered.files, agent.CONFIG.name: rendered.config}
