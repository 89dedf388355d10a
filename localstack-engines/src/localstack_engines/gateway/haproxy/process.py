"""One HAProxy in master-worker mode, which takes a new model of the APIs while it runs."""

import logging
import threading
from dataclasses import replace

from localstack_engines.gateway.configuration.render import Rendered, integration_backends, render
from localstack_engines.gateway.edge import Edge
from localstack_engines.gateway.haproxy.master_socket import CommandFailed, MasterSocket, add_server, remove_server
from localstack_engines.gateway.model import Gateway, Server
from localstack_engines.toolkit.files import write_atomically
from localstack_engines.toolkit.process import ProcessSpec, SupervisedProcess, tcp_probe

LOG = logging.getLogger(__name__)


class HAProxy:
    """The process, its configuration, and the model that it serves now."""

    def __init__(self, edge: Edge) -> None:
        self._edge = edge
        self._config = edge.directory / "haproxy.cfg"
        self._master = MasterSocket(edge.master_socket)
        self._lock = threading.Lock()
        self._gateway = Gateway()
        self._process = SupervisedProcess(
            ProcessSpec(
                name="haproxy",
                argv=["haproxy", "-W", "-S", f"{edge.master_socket},mode,600", "-f", str(self._config)],
                log_file=edge.directory / "haproxy.log",
                ready=tcp_probe(edge.edge_port),
                ready_timeout=10,
            )
        )

    def start(self) -> None:
        self._write(render(self._edge, self._gateway))
        self._process.start()

    def stop(self) -> None:
        self._process.stop()

    def publish(self, gateway: Gateway) -> None:
        """Serves this model. Returns when every new request sees it; no request fails because of the change.

        Raises CommandFailed when HAProxy refuses the configuration, or does not take it in time. The former one is
        that of the next reload then.
        """
        with self._lock:
            if gateway == self._gateway:
                return
            former = self._gateway
            rendered = render(self._edge, gateway)
            self._write(rendered)
            needs_reload = self._without_servers(former) != self._without_servers(gateway)
            if needs_reload or not self._change_servers(former, gateway):
                self._reload(former)
            self._gateway = gateway
            self._remove_unused_files(rendered)

    def _without_servers(self, gateway: Gateway) -> tuple[Rendered, dict[str, list[tuple[str, str]]]]:
        """Returns what only a reload changes. Some of the model is not in it: sub-requests alone need that."""
        return render(self._edge, replace(gateway, servers={})), integration_backends(gateway)

    def _reload(self, former: Gateway) -> None:
        try:
            self._master.reload()
        except TimeoutError as error:
            self._write(render(self._edge, former))
            raise CommandFailed("HAProxy does not answer") from error
        except OSError as error:
            # It is being restarted, and will read the file that has just been written.
            LOG.warning("HAProxy is not running (%s): the change takes effect with its next start", error)
        except CommandFailed:
            self._write(render(self._edge, former))
            raise

    def _change_servers(self, former: Gateway, gateway: Gateway) -> bool:
        """Adds and removes servers while HAProxy runs. Returns False when that failed and a reload is needed."""
        try:
            for upstream, sections in integration_backends(gateway).items():
                before = set(former.servers.get(upstream, ()))
                after = set(gateway.servers.get(upstream, ()))
                self._add_and_remove(sections, after - before, before - after)
        except (OSError, CommandFailed) as error:
            LOG.info("HAProxy is reloaded to change its servers: %s", error)
            return False
        return True

    def _add_and_remove(self, sections: list[tuple[str, str]], new: set[Server], gone: set[Server]) -> None:
        # New servers are added first, so that a section always has a server.
        for section, options in sections:
            for server in sorted(new):
                add_server(self._master, section, server, options)
            for server in sorted(gone):
                remove_server(self._master, section, server)

    def _write(self, rendered: Rendered) -> None:
        for name, text in rendered.files.items():
            write_atomically(self._edge.directory / name, text)
        write_atomically(self._config, rendered.config)

    def _remove_unused_files(self, rendered: Rendered) -> None:
        for pattern in ("*.map", "*.pem", "*.lst"):
            for path in self._edge.directory.glob(pattern):
                if path.name not in rendered.files:
                    path.unlink(missing_ok=True)
