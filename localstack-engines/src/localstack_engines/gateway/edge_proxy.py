"""The edge proxy of this container: one HAProxy, which starts and stops with LocalStack."""

from localstack_engines.gateway import loopback
from localstack_engines.gateway.edge import Edge
from localstack_engines.gateway.haproxy.process import HAProxy
from localstack_engines.gateway.model import Gateway
from localstack_engines.toolkit import settings
from localstack_engines.toolkit.process import certificate

_running: HAProxy | None = None


def start() -> None:
    """Starts HAProxy and returns when it accepts connections. Does nothing when it runs already."""
    global _running
    if _running is None:
        _running = HAProxy(edge())
        _running.start()


def stop() -> None:
    """Stops HAProxy. Does nothing when it does not run."""
    global _running
    if _running is not None:
        _running.stop()
        _running = None


def publish(gateway: Gateway) -> None:
    """Serves these APIs from now on. Raises RuntimeError when the edge proxy has not been started."""
    if _running is None:
        raise RuntimeError("The edge proxy is not running.")
    _running.publish(gateway)


def edge() -> Edge:
    """Returns where the edge of this container is."""
    return Edge(
        edge_port=settings.edge_port(),
        gateway_address=settings.GATEWAY_ADDRESS,
        directory=settings.state_directory("gateway"),
        certificate=certificate.with_key(),
        https_port=loopback.port(),
    )
