"""`serve`: runs a service in one process with one event loop. As PID 1 it receives SIGTERM itself."""

from __future__ import annotations

import asyncio
import gc
import importlib
import os
import signal
from types import FrameType
from typing import Any

import uvicorn

YOUNG_OBJECTS = 5_000
"""After how many new objects Python looks for cycles. Nearly all of a request's objects are freed by their counts, so
looking every few hundred, as Python does by default, is in vain."""


class DrainingServer(uvicorn.Server):
    """Keeps accepting connections for a moment after SIGTERM, while the readiness check already fails.

    So a load balancer that notices the change late loses no request. Then uvicorn's own graceful shutdown finishes the
    requests in flight.
    """

    def __init__(self, config: uvicorn.Config, runtime: Any, drain_seconds: float) -> None:
        super().__init__(config)
        self._runtime = runtime
        self._drain_seconds = drain_seconds

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Handles uvicorn's signals. A second SIGTERM, or SIGINT, stops without the wait."""
        runtime = self._runtime()
        if sig == signal.SIGTERM and runtime is not None and not runtime.draining:
            loop = asyncio.get_running_loop()
            runtime.draining = True
            loop.create_task(runtime.drain())  # noqa: RUF006 - ends with the process
            loop.call_later(self._drain_seconds, self._leave)
            return
        super().handle_exit(sig, frame)

    def _leave(self) -> None:
        """Stops with exit code 0. uvicorn's own handler would raise the signal again at the end."""
        self.should_exit = True


def main() -> None:
    """Runs the service that SERVICE_NAME names."""
    name = os.environ["SERVICE_NAME"]
    gc.set_threshold(YOUNG_OBJECTS, 20, 50)
    app = importlib.import_module(f"services.{name}.main").app
    settings = app.state.definition.read_settings()
    app.state.settings = settings
    config = uvicorn.Config(
        app,
        host="0.0.0.0",  # noqa: S104 - a container's only way to be reached
        port=settings.http_port,
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=False,  # `web/client_address.py` reads the header of the gateway
        timeout_keep_alive=75,  # longer than the gateway's: it must not send a request on a connection that closes
        timeout_graceful_shutdown=settings.shutdown_seconds,
    )
    gc.freeze()  # what was imported stays: it need not be looked at again
    DrainingServer(config, lambda: getattr(app.state, "runtime", None), settings.drain_seconds).run()


if __name__ == "__main__":
    main()
