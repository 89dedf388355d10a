"""Runs HAProxy and brings new configurations into it without dropping a request."""

from localstack_plugin import settings
from localstack_plugin.frontdoor.base import Door
from localstack_plugin.frontdoor.haproxy import HAProxy

_running: HAProxy | None = None


def start() -> None:
    """Opens the front door; returns when it accepts connections."""
    global _running
    if _running is None:
        _running = HAProxy(
            Door(
                edge_port=settings.edge_port(),
                gateway_address=settings.GATEWAY_ADDRESS,
                directory=settings.state_directory("frontdoor"),
            )
        )
        _running.start()


def stop() -> None:
    """Closes it; does nothing when it is not open."""
    global _running
    if _running is not None:
        _running.stop()
        _running = None
