"""RSA public keys as JSON Web Keys, and their key ids.

The discovery Lambda publishes the key, and the auth service names it in its tokens, so both get the key id from here.
The module uses the standard library only, so that the Lambda needs no cryptography package.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator

_SEQUENCE, _INTEGER, _BIT_STRING = 0x30, 0x02, 0x03


def jwk_of(public_key: bytes) -> dict[str, str]:
    """Returns the JWK (RFC 7517) of an RSA key in DER SubjectPublicKeyInfo, the format of `kms:GetPublicKey`.

    Raises ValueError for anything else.
    """
    modulus, exponent = _rsa_numbers(public_key)
    key = {"kty": "RSA", "n": _base64url(modulus), "e": _base64url(exponent)}
    return {**key, "kid": thumbprint(key), "use": "sig", "alg": "RS256"}


def thumbprint(jwk: dict[str, str]) -> str:
    """Returns the SHA-256 thumbprint of an RSA JWK (RFC 7638), which is the same wherever it is computed."""
    required = {name: jwk[name] for name in ("e", "kty", "n")}
    canonical = json.dumps(required, separators=(",", ":"), sort_keys=True)
    return _base64url(hashlib.sha256(canonical.encode()).digest())


def _rsa_numbers(public_key: bytes) -> tuple[bytes, bytes]:
    """Returns modulus and exponent from SubjectPublicKeyInfo (RFC 5280, 4.1.2.7) and RSAPublicKey (RFC 8017, A.1.1)."""
    info = dict(_children(_only(public_key, _SEQUENCE)))
    bits = info.get(_BIT_STRING, b"")
    if bits[:1] != b"\0":
        raise ValueError("not a DER SubjectPublicKeyInfo")
    numbers = [value for tag, value in _children(_only(bits[1:], _SEQUENCE)) if tag == _INTEGER]
    if len(numbers) != 2:
        raise ValueError("not an RSA public key")
    # DER puts a zero before a positive number whose first bit is set; a JWK has the number only (RFC 7518, 6.3.1).
    return numbers[0].lstrip(b"\0"), numbers[1].lstrip(b"\0")


def _only(data: bytes, tag: int) -> bytes:
    elements = list(_children(data))
    if len(elements) != 1 or elements[0][0] != tag:
        raise ValueError("not a DER SubjectPublicKeyInfo")
    return elements[0][1]


def _children(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yields the tag and the content of each DER element in `data` (X.690, 8.1)."""
    while data:
        tag, length, start = data[0], int.from_bytes(data[1:2], "big"), 2
        if length & 0x80:
            start = 2 + (length & 0x7F)
            length = int.from_bytes(data[2:start], "big")
        content = data[start : start + length]
        if len(content) != length or len(data) < 2:
            raise ValueError("truncated DER")
        yield tag, content
        data = data[start + length :]


def _base64url(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
