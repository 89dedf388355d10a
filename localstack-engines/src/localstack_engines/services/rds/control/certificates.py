"""The certificate authority of the servers, under the name of AWS's default one.

Every server has the same certificate, which signs itself.
"""

import hashlib
import ssl
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from localstack_engines.toolkit.process.certificate import certificate

AUTHORITY = "rds-ca-rsa2048-g1"


@dataclass(frozen=True)
class Authority:
    """The authority's certificate: its SHA-1 thumbprint, and from when until when it is valid."""

    thumbprint: str
    valid_from: datetime
    valid_till: datetime


@lru_cache(maxsize=1)
def authority() -> Authority:
    """Returns the authority's certificate."""
    # The package comes with LocalStack. Nothing else here needs it.
    from cryptography import x509

    text = certificate()[0].read_text()
    found = x509.load_pem_x509_certificate(text.encode())
    thumbprint = hashlib.sha1(ssl.PEM_cert_to_DER_cert(text), usedforsecurity=False).hexdigest()
    return Authority(thumbprint, found.not_valid_before_utc, found.not_valid_after_utc)
