"""The process that passes connections to the endpoints of a DB cluster on to its servers."""

import json
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from localstack_engines.services.rds.engine import relay_program
from localstack_engines.services.rds.engine.installation import SYSTEM_USER
from localstack_engines.toolkit.process import ProcessSpec, SupervisedProcess
from localstack_engines.toolkit.process.probes import tcp_probe


class Relay:
    """A supervised relay on one port. `directory` has its files and goes with it."""

    def __init__(self, name: str, port: int, directory: Path) -> None:
        self.port = port
        self._directory = directory
        self._routes_file = directory / "routes.json"
        self._process = SupervisedProcess(
            ProcessSpec(
                name=name,
                # The program needs nothing but the standard library. Its own path keeps its start short.
                argv=[sys.executable, "-I", str(relay_program.__file__), str(port), str(self._routes_file)],
                user=SYSTEM_USER,
                log_file=directory / "relay.log",
                ready=tcp_probe(port),
            )
        )

    def start(self) -> None:
        """Starts the relay, without routes, and returns when it accepts connections. Raises ProcessFailed."""
        shutil.rmtree(self._directory, ignore_errors=True)
        self.route({})
        self._process.start()

    def route(self, routes: Mapping[str, list[list[int]]]) -> None:
        """Sets the groups of ports behind each name, for new connections, as `relay_program` describes them."""
        self._directory.mkdir(parents=True, exist_ok=True)
        # The file is renamed into place, so that the program never reads a part of it.
        scratch = self._routes_file.with_suffix(".new")
        scratch.write_text(json.dumps(routes))
        scratch.rename(self._routes_file)

    def destroy(self) -> None:
        """Stops the relay and removes its files."""
        self._process.stop()
        shutil.rmtree(self._directory, ignore_errors=True)
