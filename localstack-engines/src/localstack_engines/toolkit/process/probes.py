"""Readiness probes: functions that return at once, never raise, and are called until they return True."""

import http.client
import socket
from collections.abc import Callable

Probe = Callable[[], bool]


def tcp_probe(port: int, host: str = "127.0.0.1", timeout: float = 1.0) -> Probe:
    """Returns a probe that is true once something accepts connections on the port."""

    def probe() -> bool:
        try:
            with socket.create_connection((host, port), timeout):
                return True
        except OSError:
            return False

    return probe


def http_probe(port: int, path: str = "/", host: str = "127.0.0.1", timeout: float = 1.0) -> Probe:
    """Returns a probe that is true once `GET path` answers with a status below 500."""

    def probe() -> bool:
        connection = http.client.HTTPConnection(host, port, timeout=timeout)
        try:
            connection.request("GET", path)
            return connection.getresponse().status < 500
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return probe
