"""Reports the ends of containers, from the Docker daemon's event stream."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from localstack_engines.toolkit import labels

LOG = logging.getLogger(__name__)

_KILLED = 137
"""The exit code of a process that SIGKILL ended; it stands for the unknown code of a container that was removed."""


class ExitWatcher:
    """Calls back when a container ends. Reconnects when the event stream breaks."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._callbacks: dict[str, Callable[[int], None]] = {}
        self._stopped = threading.Event()
        self._stream: Any = None
        self._thread = threading.Thread(target=self._watch, name="ecs-exits", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._stream is not None:
            self._stream.close()

    def on_exit(self, container_id: str, callback: Callable[[int], None]) -> None:
        """Registers `callback(exit_code)`, which is called once, in the watcher's thread.

        Call this before the container starts.
        """
        self._callbacks[container_id] = callback

    def forget(self, container_id: str) -> None:
        self._callbacks.pop(container_id, None)

    def _watch(self) -> None:
        filters = {**labels.owned_filter(), "type": "container", "event": "die"}
        while not self._stopped.is_set():
            try:
                self._stream = self._client.api.events(filters=filters, decode=True)
                self._catch_up()
                for event in self._stream:
                    self._report(event["id"], int(event["Actor"]["Attributes"].get("exitCode", 0)))
            except Exception as error:
                if not self._stopped.is_set():
                    LOG.warning("Docker's event stream broke, reconnecting: %s", error)
            self._stopped.wait(0.5)

    def _catch_up(self) -> None:
        """Reports the containers that ended while no stream was open."""
        from docker.errors import NotFound

        for container_id in list(self._callbacks):
            try:
                state = self._client.api.inspect_container(container_id)["State"]
            except NotFound:
                self._report(container_id, _KILLED)
                continue
            if state["Status"] in ("exited", "dead"):
                self._report(container_id, state["ExitCode"])

    def _report(self, container_id: str, exit_code: int) -> None:
        callback = self._callbacks.pop(container_id, None)
        if callback is not None:
            callback(exit_code)
