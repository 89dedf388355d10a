"""One HAProxy in master-worker mode, and how a new model of the APIs gets into it."""

import logging
import threading
from dataclasses import replace
from pathlib import Path

from localstack_engines.gateway.configuration.render import Rendered, integration_backends, render
from localstack_engines.gateway.configuration.sections import Door
from localstack_engines.gateway.haproxy.master_socket import MasterSocket, RuntimeFailed, add_server, remove_server
from localstack_engines.gateway.model import Gateway, Server
from localstack_engines.toolkit.process import ProcessSpec, SupervisedProcess, tcp_probe

LOG = logging.getLogger(__name__)


class HAProxy:
    """Owns the process, its configuration, and the model that it serves now."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._config = door.directory / "haproxy.cfg"
        self._master = MasterSocket(door.master_socket)
        self._lock = threading.Lock()
        self._gateway = Gateway()
        self._process = SupervisedProcess(
            ProcessSpec(
                name="haproxy",
                argv=["haproxy", "-W", "-S", f"{door.master_socket},mode,600", "-f", str(self._config)],
                log_file=door.directory / "haproxy.log",
                ready=tcp_probe(door.edge_port),
                ready_timeout=10,
            )
        )

    @property
    def door(self) -> Door:
        return self._door

    def start(self) -> None:
        self._write(render(self._door, self._gateway))
        self._process.start()

    def stop(self) -> None:
        self._process.stop()

    def publish(self, gateway: Gateway) -> None:
        """Serve this model; returns when new requests see it. No request fails on the way.

        Raises RuntimeFailed when HAProxy rejects the configuration; it serves the former one then.
        """
        with self._lock:
            if gateway == self._gateway:
                return
            former = self._gateway
            rendered = render(self._door, gateway)
            self._write(rendered)
            if replace(former, servers={}) != replace(gateway, servers={}) or not self._move_servers(former, gateway):
                self._reload(former)
            self._gateway = gateway
            self._prune(rendered)

    def _reload(self, former: Gateway) -> None:
        try:
            self._master.reload()
        except OSError as error:
            # It is being restarted, and reads the file that has just been written.
            LOG.warning("HAProxy does not run (%s), its next start brings the change", error)
        except RuntimeFailed:
            self._write(render(self._door, former))
            raise

    def _move_servers(self, former: Gateway, gateway: Gateway) -> bool:
        """Bring servers in and out while HAProxy runs; False when that did not work and a reload must do it."""
        try:
            for upstream, sections in integration_backends(gateway).items():
                before = set(former.servers.get(upstream, ()))
                after = set(gateway.servers.get(upstream, ()))
                self._exchange(sections, after - before, before - after)
        except (OSError, RuntimeFailed) as error:
            LOG.info("HAProxy takes the new servers by a reload: %s", error)
            return False
        return True

    def _exchange(self, sections: list[tuple[str, str]], new: set[Server], gone: set[Server]) -> None:
        # First in, then out: at no moment is there none.
        for section, options in sections:
            for server in sorted(new):
                add_server(self._master, section, server, options)
            for server in sorted(gone):
                remove_server(self._master, section, server)

    def _write(self, rendered: Rendered) -> None:
        for name, text in rendered.files.items():
            write_atomically(self._door.directory / name, text)
        write_atomically(self._config, rendered.config)

    def _prune(self, rendered: Rendered) -> None:
        for pattern in ("*.map", "*.pem"):
            for path in self._door.directory.glob(pattern):
                if path.name not in rendered.files:
                    path.unlink(missing_ok=True)


def write_atomically(path: Path, text: str) -> None:
    """Readers see the old file or the new one, never half of it."""
    temporary = path.with_name(path.name + ".new")
    temporary.write_text(text)
    temporary.replace(path)
