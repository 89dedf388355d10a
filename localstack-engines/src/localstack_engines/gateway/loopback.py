"""https on its own port for programs in this container, which name no port, such as Lambda functions.

The certificate is that of the engines. Programs trust it with the variables of `trust()`.
"""

import logging
import socket
from functools import cache

from localstack_engines.toolkit import settings
from localstack_engines.toolkit.process import certificate

LOG = logging.getLogger(__name__)

ADDRESS = "127.0.0.1"
PORT = 443


@cache
def port() -> int | None:
    """Returns the port, or None where this process may not have it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, PORT))
        except OSError as error:
            LOG.warning("no https for custom resources on port %d: %s", PORT, error)
            return None
    return PORT


def base_url() -> str:
    """Returns LocalStack's URL for programs in this container."""
    return f"http://localhost:{settings.edge_port()}" if port() is None else "https://localhost"


def trust() -> dict[str, str]:
    """Returns variables with which OpenSSL, Python's requests, Node.js and AWS SDKs trust the certificate.

    They trust the public ones too.
    """
    return dict.fromkeys(certificate.TRUST_VARIABLES, str(certificate.trusted()))
