"""The key in KMS that signs access tokens."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from services.auth.config import AuthSettings
from services.common.aws import Aws, AwsError
from services.common.errors import Unavailable
from services.common.logs import describe, logger
from services.contracts.jwk import jwk_of


class SigningKey:
    """An RSA key in KMS. The private key never leaves KMS; the public key verifies tokens.

    It is the auth service's `KeySource`: the issuer does not have to ask itself for the key over HTTP.
    """

    def __init__(self, settings: AuthSettings) -> None:
        self._key = settings.signing_key_id
        self._aws = Aws(settings.aws_region)
        self._public: RSAPublicKey | None = None
        self._id = ""
        self._lock = asyncio.Lock()

    async def sign(self, message: bytes) -> bytes:
        """Returns the RS256 signature of a message (RFC 7518, section 3.3). Raises Unavailable."""
        response = await self._call(
            "sign", Message=message, MessageType="RAW", SigningAlgorithm="RSASSA_PKCS1_V1_5_SHA_256"
        )
        return bytes(response["Signature"])

    async def key_id(self) -> str:
        """Returns the key's id in tokens and in the published key set: its thumbprint (RFC 7638)."""
        await self._load()
        return self._id

    async def get(self, key_id: str) -> RSAPublicKey | None:
        """Returns the public key, or None if it has another id. Raises Unavailable."""
        await self._load()
        return self._public if key_id == self._id else None

    async def warm_up(self) -> None:
        """Loads the public key, so that the first sign-in is fast. While KMS is away it does nothing."""
        with suppress(Unavailable):
            await self._load()

    async def _load(self) -> None:
        async with self._lock:
            if self._public is None:
                der = bytes((await self._call("get_public_key"))["PublicKey"])
                public = load_der_public_key(der)
                if not isinstance(public, RSAPublicKey):
                    raise TypeError("the signing key is not an RSA key")
                self._id, self._public = jwk_of(der)["kid"], public

    async def _call(self, operation: str, **parameters: Any) -> dict[str, Any]:
        try:
            return await self._aws.call("kms", operation, KeyId=self._key, **parameters)
        except AwsError as error:
            logger(__name__).error("signing_key_unavailable", **describe(error))
            raise Unavailable("Tokens cannot be signed at the moment.") from error
