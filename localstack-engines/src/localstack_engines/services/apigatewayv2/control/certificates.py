"""Checks of the certificates that HAProxy would load: one that it cannot use would stop every change of APIs."""

import logging
import ssl
import tempfile
from functools import lru_cache
from pathlib import Path

LOG = logging.getLogger(__name__)


@lru_cache(maxsize=256)
def is_usable(pem: str) -> bool:
    """Returns whether a certificate with its private key (PEM) can serve TLS."""
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory, "certificate.pem")
        file.write_text(pem)
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(file)
        except (OSError, ValueError) as error:
            LOG.warning("the certificate of a custom domain name cannot be used: %s", error)
            return False
    return True
