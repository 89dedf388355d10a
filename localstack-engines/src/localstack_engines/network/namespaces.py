"""nftables in the network namespace of a container. Knows Docker and nft, not AWS.

The container is the one that holds the namespace of a task or host. Its image is LocalStack's own, which has nft, and
it has the capability NET_ADMIN, which the containers of the task do not get. A table is replaced without a change of
the others, so each part of the plugin has a table of its own.
"""

import socket
import time
from typing import Any

from localstack_engines.network.networks import docker_client

_NFT = "/usr/sbin/nft"
_SECONDS = 30.0
_POLL_SECONDS = 0.005


class NamespaceGone(Exception):
    """The container does not run (any more)."""


class RulesetRefused(Exception):
    """nft does not take the ruleset. The message is nft's."""


def load(container_id: str, ruleset: str) -> None:
    """Loads a ruleset in nft's syntax as one transaction: all of it holds afterwards, or nothing has changed.

    Raises NamespaceGone or RulesetRefused.
    """
    _run(container_id, ["-f", "-"], ruleset)


def read(container_id: str, *arguments: str) -> str:
    """Returns what nft prints, e.g. for `-j list table inet name`. Raises NamespaceGone or RulesetRefused."""
    return _run(container_id, list(arguments))


def _run(container_id: str, arguments: list[str], text: str = "") -> str:
    """Runs nft with `text` as its input. Returns its output."""
    from docker.errors import APIError, NotFound

    api = docker_client().api
    try:
        execution = api.exec_create(container_id, [_NFT, *arguments], stdin=True)["Id"]
        stream = api.exec_start(execution, socket=True)
        output, errors = _converse(stream, text.encode())
        code = _exit_code(api, execution)
    except NotFound as error:
        raise NamespaceGone(container_id) from error
    except APIError as error:
        # 409: the container has stopped.
        if error.status_code == 409:
            raise NamespaceGone(container_id) from error
        raise
    if code != 0:
        raise RulesetRefused(errors.decode(errors="replace").strip() or f"nft ended with {code}")
    return output.decode()


def _exit_code(api: Any, execution: str) -> int | None:
    """Returns how a process ended whose output has ended; None for one that does not end.

    Docker closes the output first, and records the end after that.
    """
    deadline = time.monotonic() + _SECONDS
    while True:
        found = api.exec_inspect(execution)
        if not found["Running"] or time.monotonic() > deadline:
            code: int | None = found["ExitCode"]
            return code
        time.sleep(_POLL_SECONDS)


def _converse(stream: Any, text: bytes) -> tuple[bytes, bytes]:
    """Sends the input to the end, and returns what the process wrote to its output and its errors."""
    from docker.utils.socket import frames_iter

    connection = getattr(stream, "_sock", stream)
    received = {1: b"", 2: b""}
    try:
        connection.settimeout(_SECONDS)
        connection.sendall(text)
        connection.shutdown(socket.SHUT_WR)
        for kind, data in frames_iter(connection, tty=False):  # type: ignore[no-untyped-call]
            received[kind] += data
    finally:
        # If only the socket were closed, the response would warn when it is garbage-collected.
        getattr(stream, "_response", stream).close()
    return received[1], received[2]
