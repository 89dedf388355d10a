"""The front door of this container: one HAProxy, started with LocalStack."""

from localstack_engines.gateway.configuration.sections import Door
from localstack_engines.gateway.haproxy.process import HAProxy
from localstack_engines.gateway.model import Gateway
from localstack_engines.toolkit import settings

_running: HAProxy | None = None


def start() -> None:
    """Opens the front door; returns when it accepts connections."""
    global _running
    if _running is None:
        _running = HAProxy(door())
        _running.start()


def stop() -> None:
    """Closes it; does nothing when it is not open."""
    global _running
    if _running is not None:
        _running.stop()
        _running = None


def publish(gateway: Gateway) -> None:
    """Serves these APIs from now on; raises RuntimeError when the door is not open."""
    if _running is None:
        raise RuntimeError("The front door is not open.")
    _running.publish(gateway)


def door() -> Door:
    """Where the front door of this container is."""
    return Door(
        edge_port=settings.edge_port(),
        gateway_address=settings.GATEWAY_ADDRESS,
        directory=settings.state_directory("frontdoor"),
    )
