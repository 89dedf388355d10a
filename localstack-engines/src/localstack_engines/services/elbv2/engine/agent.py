"""Runs in a load balancer's container: applies changes to its HAProxy through the master socket.

LocalStack starts it with `docker exec` and keeps it: the sockets in the container are reached by nobody else.
Each line of its input is a JSON object `{"files": {name: text}, "steps": [[name, argument, ...], ...]}`. It writes the
files, runs the steps, and answers with a line `{"error": text or null, "results": [...]}`: HAProxy's words when a step
fails, and what the steps return.
"""

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from localstack_engines.gateway.haproxy.master_socket import CommandFailed, MasterSocket, add_server, remove_server
from localstack_engines.gateway.model import Server
from localstack_engines.toolkit.files import write_atomically

DIRECTORY = Path("/run/balancer")
"""HAProxy's files and sockets in the container."""
CONFIG = DIRECTORY / "haproxy.cfg"
MASTER = DIRECTORY / "master.sock"
_START_SECONDS = 20.0
_PAUSE_SECONDS = 0.05
_CONNECTED = "still has connections"
"""HAProxy's reason for not deleting a server."""
_OWN_FILES = (".pem", ".crtlist", ".txt")


def main() -> None:
    """Answers requests until its input ends."""
    # Some of the files are private keys.
    os.umask(0o077)
    master = MasterSocket(MASTER)
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(master, json.loads(line))) + "\n")
        sys.stdout.flush()


def answer(master: MasterSocket, request: dict[str, Any]) -> dict[str, Any]:
    """Carries a request out, and returns the answer. Files that the last configuration had and this one has not go."""
    results = []
    try:
        for name, text in request["files"].items():
            write_atomically(DIRECTORY / name, text)
        for name, *arguments in request["steps"]:
            results.append(_STEPS[name](master, *arguments))
    except (CommandFailed, OSError) as error:
        return {"error": str(error) or type(error).__name__, "results": results}
    if request["files"]:
        for path in DIRECTORY.iterdir():
            if path.suffix in _OWN_FILES and path.name not in request["files"]:
                path.unlink()
    return {"error": None, "results": results}


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


def _is_connected(master: MasterSocket, section: str, address: str, port: int) -> bool:
    """Deletes a removed server. Returns whether it cannot be deleted yet, because it has connections.

    One that is in use again is left alone.
    """
    name = f"{section}/{Server(address=address, port=port).name}"
    return any(_CONNECTED in found for found in master.in_every_worker(f"del server {name}"))


def _disconnect(master: MasterSocket, section: str, address: str, port: int) -> None:
    """Closes the connections of a removed server."""
    name = f"{section}/{Server(address=address, port=port).name}"
    master.in_every_worker(f"shutdown sessions server {name}")


_STEPS: dict[str, Callable[..., Any]] = {
    "ready": _ready,
    "reload": _reload,
    "add": _add,
    "remove": _remove,
    "is_connected": _is_connected,
    "disconnect": _disconnect,
}

if __name__ == "__main__":
    main()
