"""Receives the datagrams of access logs."""

import json
import logging
import socket
import threading
from collections.abc import Callable
from typing import Any

LOG = logging.getLogger(__name__)

Received = Callable[[str, dict[str, Any]], None]
"""Takes the sender's address and the object."""


class LogReceiver:
    """Listens on a port of all networks of LocalStack's container. The sender's address tells the load balancer."""

    def __init__(self, received: Received) -> None:
        self._received = received
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("0.0.0.0", 0))  # noqa: S104 - load balancers are in the networks of VPCs
        self.port = int(self._socket.getsockname()[1])
        threading.Thread(target=self._run, name="elbv2-access-logs", daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _run(self) -> None:
        while True:
            try:
                data, (address, _) = self._socket.recvfrom(65536)
            except OSError:
                return
            try:
                self._received(address, json.loads(data))
            except ValueError:
                LOG.warning("an access log line from %s is no JSON", address)
            except Exception:
                # One line must not end the logs of all load balancers.
                LOG.exception("an access log line from %s", address)
