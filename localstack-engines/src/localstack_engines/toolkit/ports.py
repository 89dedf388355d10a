"""Published ports of engines, which clients reach from the host, from tasks and from Lambdas.

LocalStack's own reservations expire after seconds. An engine that stops and starts again (an RDS reboot) has to keep
its port, so these reservations last until they are released.
"""

import socket
import threading
from collections.abc import Callable

from localstack_engines.toolkit import settings

REGISTRY = "registry"
"""The purpose of the image registry, which always gets the first port: image names contain the port."""


class NoPortLeft(RuntimeError):
    """Every published port is taken."""


class PortRange:
    """Reserves the ports of a range, each for one purpose, until they are released."""

    def __init__(self, ports: range) -> None:
        self._ports = ports
        self._taken: dict[int, str] = {}
        self._listeners: list[Callable[[], None]] = []
        self._lock = threading.Lock()

    def reserve(self, purpose: str, wanted: int | None = None) -> int:
        """Reserves a port, or the `wanted` one, for a purpose; the same purpose gets the same port every time.

        Raises NoPortLeft when the range is used up or the wanted port is taken.
        """
        with self._lock:
            for port, holder in self._taken.items():
                if holder == purpose:
                    return port
            candidates = self._ports[:1] if purpose == REGISTRY else self._ports[1:]
            if wanted is not None:
                candidates = range(wanted, wanted + 1) if wanted in candidates else range(0)
            for port in candidates:
                if port not in self._taken and _is_free(port):
                    self._taken[port] = purpose
                    self._tell()
                    return port
        raise NoPortLeft(
            f"no port left for {purpose}: {wanted or f'{self._ports.start}-{self._ports.stop - 1}'} in use "
            "(EXTERNAL_SERVICE_PORTS_START and EXTERNAL_SERVICE_PORTS_END set the range)"
        )

    def release(self, port: int) -> None:
        """Releases a port; does nothing when it is not reserved."""
        with self._lock:
            self._taken.pop(port, None)
            self._tell()

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Calls `listener` after each reservation and release. It must return at once."""
        self._listeners.append(listener)

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

    def taken(self) -> dict[int, str]:
        """Returns the purposes of the reserved ports, by port."""
        with self._lock:
            return dict(self._taken)


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("0.0.0.0", port))  # noqa: S104 - engines listen there too
        except OSError:
            return False
    return True


_external = PortRange(settings.external_ports())
reserve = _external.reserve
release = _external.release
taken = _external.taken
subscribe = _external.subscribe
