"""`healthcheck`: the container's health check. Standard library only: it starts every few seconds."""

from __future__ import annotations

import http.client
import os
import sys

SECONDS = 4.0


def main() -> None:
    """Exits 0 when the service answers that it lives."""
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("HTTP_PORT", "8080")), timeout=SECONDS)
    try:
        connection.request("GET", "/health/live")
        healthy = connection.getresponse().status == 200
    except OSError:
        healthy = False
    sys.exit(0 if healthy else 1)


if __name__ == "__main__":
    main()
