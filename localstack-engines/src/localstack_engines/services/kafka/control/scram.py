"""The credentials of SCRAM-SHA-512 for a password.

Source: RFC 5802, section 3
"""

import base64
import hashlib
import hmac
import secrets
from typing import Any

_ITERATIONS = 4096
"""Kafka's smallest number."""

_SALT_BYTES = 24


def credential(password: str) -> dict[str, Any]:
    """Returns salt, stored key and server key in base64, and the number of iterations."""
    salt = secrets.token_bytes(_SALT_BYTES)
    salted = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ITERATIONS)
    stored = hashlib.sha512(_hmac(salted, b"Client Key")).digest()
    parts = {"salt": salt, "storedKey": stored, "serverKey": _hmac(salted, b"Server Key")}
    return {**{name: base64.b64encode(value).decode() for name, value in parts.items()}, "iterations": _ITERATIONS}


def _hmac(key: bytes, text: bytes) -> bytes:
    return hmac.digest(key, text, "sha512")
