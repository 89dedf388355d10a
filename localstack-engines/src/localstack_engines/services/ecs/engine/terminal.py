"""A command with a terminal in a running container."""

import contextlib
import logging
import socket
from typing import Any

from localstack_engines.toolkit import labels, settings

LOG = logging.getLogger(__name__)

_PIECE_BYTES = 64 * 1024
_ENVIRONMENT = {"TERM": "xterm-256color"}
_END = "kill -HUP {0}; sleep 1; kill -KILL {0}"


class TerminalUnavailable(Exception):
    """The container cannot run the command."""


class Terminal:
    """Runs one command as root, as ECS Exec does. Its output is what the terminal shows. Every call blocks.

    `client` is a Docker client of its own, which is closed with the terminal. Raises TerminalUnavailable when the
    container does not run; then the client is closed, too.
    """

    def __init__(self, client: Any, container_id: str, command: list[str]) -> None:
        from docker.errors import APIError

        self._client, self._api = client, client.api
        try:
            self._id = self._api.exec_create(
                container_id, command, stdin=True, tty=True, user="root", environment=_ENVIRONMENT
            )["Id"]
            self._stream = self._api.exec_start(self._id, tty=True, socket=True)
        except APIError as error:
            client.close()
            raise TerminalUnavailable(str(error.explanation)) from error
        self._socket = getattr(self._stream, "_sock", self._stream)
        # The client's time limit is for answers of the daemon. A shell may be silent for longer.
        self._socket.settimeout(None)

    def read(self) -> bytes:
        """Returns the next output as soon as there is some, or nothing when the command has ended."""
        try:
            return bytes(self._socket.recv(_PIECE_BYTES))
        except OSError:
            return b""

    def write(self, data: bytes) -> None:
        """Types `data`. Does nothing if the command has ended."""
        with contextlib.suppress(OSError):
            self._socket.sendall(data)

    def resize(self, columns: int, rows: int) -> None:
        """Sets the size of the terminal in characters. Does nothing if the command has ended."""
        from docker.errors import APIError

        with contextlib.suppress(APIError):
            self._api.exec_resize(self._id, height=rows, width=columns)

    def close(self) -> None:
        """Ends the command, if it still runs, as the loss of a terminal does, and closes the connection to it."""
        try:
            self._hang_up()
        finally:
            with contextlib.suppress(OSError):
                # This also wakes a thread that reads.
                self._socket.shutdown(socket.SHUT_RDWR)
            # If only the socket were closed, the response would warn when it is garbage-collected.
            getattr(self._stream, "_response", self._stream).close()
            self._client.close()

    def _hang_up(self) -> None:
        """Sends the command SIGHUP, and SIGKILL a second later.

        Docker does not end a command whose client has gone, and it can signal containers only. It names the process by
        its id on the machine, so a container that sees the machine's processes sends the signals.
        """
        from docker.errors import APIError, NotFound

        try:
            command = self._api.exec_inspect(self._id)
            if not command["Running"]:
                return
            image = self._api.inspect_container(settings.owner())["Image"]
            self._client.containers.run(
                image,
                entrypoint=["/bin/sh", "-c", _END.format(int(command["Pid"]))],
                pid_mode="host",
                network_mode="none",
                labels=labels.labels(),
                remove=True,
                detach=True,
            )
        except NotFound:
            return
        except APIError as error:
            LOG.warning("cannot end the command of a session: %s", error)
