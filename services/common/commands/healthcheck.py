"""`healthcheck`: the container's health check. It starts every few seconds, so it imports the standard library only."""

from __future__ import annotations

import http.client
import os
import sys

SECONDS = 4.0


def main() -> None:
    """Exits with 0 when the service answers, otherwise with 1."""
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("HTTP_PORT", "8080")), timeout=SECONDS)
    try:
        connection.request("GET", "/health/live")
        healthy = connection.getresponse().status == 200
    except OSError:
        healthy = False
    sys.exit(0 if healthy else 1)


if __name__ == "__main__":
    main()
