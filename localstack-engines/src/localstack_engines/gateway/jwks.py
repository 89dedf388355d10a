"""The signing keys of JWT issuers, found the way API Gateway finds them.

The issuer's /.well-known/openid-configuration names its JWKS. Nothing else is fetched, whatever a token says. Keys are
RSA keys with a `kid`.

Source: OpenID Connect Discovery 1.0, section 4; RFC 7517.
"""

import base64
import json
import logging
import threading
import time
import urllib.request
from urllib.parse import urlsplit, urlunsplit

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from localstack_engines.gateway.model import SigningKey
from localstack_engines.toolkit import settings

LOG = logging.getLogger(__name__)

COOLDOWN = 5.0
"""Seconds between two refreshes because of an unknown key."""
MAX_AGE = 300.0
"""Seconds after which keys are fetched again. A key that the issuer has withdrawn is accepted for at most this long."""
_TIMEOUT = 5.0
_MAX_BYTES = 1024 * 1024
_HASHES: dict[str, hashes.HashAlgorithm] = {
    "RS256": hashes.SHA256(),
    "RS384": hashes.SHA384(),
    "RS512": hashes.SHA512(),
}


class Issuers:
    """A cache of issuers' keys."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: dict[str, tuple[SigningKey, ...]] = {}
        self._fetched: dict[str, float] = {}
        self._fetching: dict[str, threading.Lock] = {}

    def keys(self, issuer: str) -> tuple[SigningKey, ...]:
        """Returns the keys that are known now, without asking the issuer."""
        with self._lock:
            return self._keys.get(issuer, ())

    def fetch(self, issuer: str) -> bool:
        """Asks the issuer now and returns whether its keys have changed.

        Raises an exception (of one of many types) when it does not answer, or its answer cannot be used.
        """
        try:
            keys = _download(issuer)
        finally:
            with self._lock:
                self._fetched[issuer] = time.monotonic()
        with self._lock:
            changed = self._keys.get(issuer) != keys
            self._keys[issuer] = keys
        return changed

    def refresh(self, issuer: str, max_age: float = COOLDOWN) -> bool:
        """Asks the issuer unless that was done within `max_age` seconds. Returns whether its keys have changed.

        Of many callers at once one asks, and the others wait for it. A failure is logged and changes nothing.
        """
        with self._lock:
            fetching = self._fetching.setdefault(issuer, threading.Lock())
        with fetching:
            with self._lock:
                age = time.monotonic() - self._fetched.get(issuer, -max_age)
            if age < max_age:
                return False
            try:
                return self.fetch(issuer)
            except Exception as error:
                LOG.warning("cannot refresh the keys of %s: %s", issuer, error)
                return False

    def verify(self, issuer: str, token: str) -> bool:
        """Returns whether one of the issuer's known keys made the token's signature. Checks no claims."""
        try:
            signed, _, signature = token.rpartition(".")
            header = json.loads(_decode(signed.partition(".")[0]))
            pem = next(key.pem for key in self.keys(issuer) if key.kid == header.get("kid"))
            public = serialization.load_pem_public_key(pem.encode())
            assert isinstance(public, rsa.RSAPublicKey)
            public.verify(_decode(signature), signed.encode(), padding.PKCS1v15(), _HASHES[header["alg"]])
        except (InvalidSignature, ValueError, KeyError, StopIteration, AttributeError, TypeError):
            return False
        return True


def _download(issuer: str) -> tuple[SigningKey, ...]:
    discovery = _get_json(issuer.rstrip("/") + "/.well-known/openid-configuration")
    location = discovery.get("jwks_uri")
    if not isinstance(location, str):
        raise ValueError("the discovery document has no jwks_uri")
    found = _get_json(location).get("keys")
    if not isinstance(found, list):
        raise ValueError("the JWKS has no keys")
    keys = (_signing_key(key) for key in found if isinstance(key, dict))
    return tuple(sorted((key for key in keys if key), key=lambda key: key.kid))


def _signing_key(jwk: dict) -> SigningKey | None:
    if jwk.get("kty") != "RSA" or jwk.get("use", "sig") != "sig" or not isinstance(jwk.get("kid"), str):
        return None
    numbers = (int.from_bytes(_decode(jwk[part]), "big") for part in ("e", "n"))
    public = rsa.RSAPublicNumbers(*numbers).public_key()
    pem = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return SigningKey(kid=jwk["kid"], pem=pem.decode())


def _get_json(url: str) -> dict:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise ValueError(f"{url} is not an HTTP URL")
    headers = {"accept": "application/json", "host": parts.netloc}
    host = parts.hostname or ""
    if host == settings.endpoint_host() or host.endswith("." + settings.endpoint_host()):
        # LocalStack's own name means this machine: no DNS is needed.
        parts = parts._replace(netloc=f"127.0.0.1:{parts.port or settings.edge_port()}")
    request = urllib.request.Request(urlunsplit(parts), headers=headers)  # noqa: S310 (scheme is checked above)
    with urllib.request.urlopen(request, timeout=_TIMEOUT) as response:  # noqa: S310
        document = json.loads(response.read(_MAX_BYTES))
    if not isinstance(document, dict):
        raise ValueError(f"{url} is not a JSON object")
    return document


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
