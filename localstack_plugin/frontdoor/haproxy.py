"""One HAProxy in master-worker mode."""

import os
from pathlib import Path

from localstack_plugin.frontdoor.base import Door
from localstack_plugin.frontdoor.render import render
from localstack_plugin.process import ProcessSpec, SupervisedProcess, tcp_probe


class HAProxy:
    """Owns the process and its configuration file."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._config = door.directory / "haproxy.cfg"
        self._process = SupervisedProcess(
            ProcessSpec(
                name="haproxy",
                argv=["haproxy", "-W", "-S", f"{door.master_socket},mode,600", "-f", str(self._config)],
                log_file=door.directory / "haproxy.log",
                ready=tcp_probe(door.edge_port),
                ready_timeout=10,
            )
        )

    def start(self) -> None:
        write_atomically(self._config, render(self._door))
        self._process.start()

    def stop(self) -> None:
        self._process.stop()


def write_atomically(path: Path, text: str) -> None:
    """Readers see the old file or the new one, never half of it."""
    temporary = path.with_suffix(".new")
    temporary.write_text(text)
    os.replace(temporary, path)
