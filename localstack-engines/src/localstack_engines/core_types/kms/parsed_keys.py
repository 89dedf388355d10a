"""LocalStack's KMS parses a private key once, and not for every signature.

Parsing an RSA key checks its numbers, which takes forty times as long as to sign with it.
"""

from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.serialization import load_der_private_key

_MAX_KEYS = 1024


def start() -> None:
    """Lets LocalStack's keys use the parsed form."""
    from localstack.services.kms.models import KmsCryptoKey

    KmsCryptoKey.key = property(lambda self: parsed(self.private_key))


def stop() -> None:
    """Forgets the keys."""
    parsed.cache_clear()


@lru_cache(maxsize=_MAX_KEYS)
def parsed(der: bytes) -> Any:
    """Returns the private key of a PKCS#8 document. New key material is another document, and so another key."""
    return load_der_private_key(der, password=None)
