"""Runs in a load balancer's container: applies changes to its HAProxy through the master socket.

LocalStack starts it with `docker exec`: the sockets in the container are reached by nobody else.
The argument is a JSON object `{"keep": [file, ...] or null, "steps": [[name, argument, ...], ...]}`.
The output is "" when all steps succeeded, and HAProxy's words when not.
"""

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from localstack_engines.gateway.haproxy.master_socket import CommandFailed, MasterSocket, add_server, remove_server
from localstack_engines.gateway.model import Server

DIRECTORY = Path("/run/balancer")
"""HAProxy's files and sockets in the container."""
CONFIG = DIRECTORY / "haproxy.cfg"
MASTER = DIRECTORY / "master.sock"
_START_SECONDS = 20.0
_PAUSE_SECONDS = 0.1
_CONNECTED = "still has connections"
"""HAProxy's reason for not deleting a server."""


def main(argument: str) -> None:
    """Carries out what the argument asks for. Exits with status 1 when a step fails."""
    request, master = json.loads(argument), MasterSocket(MASTER)
    steps: dict[str, Callable[..., None]] = {
        "ready": _ready,
        "reload": _reload,
        "add": _add,
        "remove": _remove,
        "drain": _drain,
    }
    try:
        for name, *arguments in request["steps"]:
            steps[name](master, *arguments)
    except (CommandFailed, OSError) as error:
        sys.stdout.write(str(error))
        sys.exit(1)
    if request["keep"] is not None:
        for path in DIRECTORY.iterdir():
            if path.suffix in (".pem", ".crtlist", ".txt") and path.name not in request["keep"]:
                path.unlink()


def _ready(master: MasterSocket) -> None:
    """Waits until HAProxy has a worker."""
    deadline = time.monotonic() + _START_SECONDS
    while True:
        try:
            if master.workers():
                return
        except OSError:
            if time.monotonic() > deadline:
                raise
        time.sleep(_PAUSE_SECONDS)


def _reload(master: MasterSocket) -> None:
    master.reload()


def _add(master: MasterSocket, section: str, address: str, port: int, options: str) -> None:
    add_server(master, section, Server(address=address, port=port), options)


def _remove(master: MasterSocket, section: str, address: str, port: int) -> None:
    remove_server(master, section, Server(address=address, port=port))


def _drain(master: MasterSocket, section: str, address: str, port: int, seconds: float, closes: bool) -> None:
    """Returns when a removed server has no connection any more, or after `seconds`; then closes them if `closes`.

    A server that is in use again is left alone.
    """
    name = f"{section}/{Server(address=address, port=port).name}"
    deadline = time.monotonic() + seconds
    while any(_CONNECTED in answer for answer in master.in_every_worker(f"del server {name}")):
        if time.monotonic() > deadline:
            if closes:
                master.in_every_worker(f"shutdown sessions server {name}", f"del server {name}")
            return
        time.sleep(_PAUSE_SECONDS)


if __name__ == "__main__":
    main(sys.argv[1])
