"""The keys in KMS that sign access tokens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from services.auth.config import AuthSettings
from services.common.aws import Aws, AwsError
from services.common.errors import Unavailable
from services.common.logs import describe, logger
from services.common.security.keys import KeyCache
from services.contracts.jwk import jwk_of
from services.contracts.signing_keys import SigningAliases

SIGN_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class _Key:
    """`arn` is the key's name in KMS, and `id` its name in tokens and in the published key set."""

    arn: str
    id: str
    public: RSAPublicKey


class SigningKeys(KeyCache):
    """RSA keys in KMS. The private keys never leave KMS; the public keys verify tokens.

    It is the auth service's `KeySource`: the issuer does not have to ask itself for the keys over HTTP. KMS finds the
    key that signs by its alias, so a rotation needs no deployment.
    """

    def __init__(self, settings: AuthSettings) -> None:
        super().__init__()
        self._aliases = SigningAliases(settings.signing_key_alias)
        self._aws = Aws(settings.aws_region)
        self._current: _Key | None = None

    async def sign(self, message_for: Callable[[str], bytes]) -> tuple[bytes, bytes]:
        """Returns a message and its RS256 signature (RFC 7518, section 3.3). Raises Unavailable.

        `message_for` returns the message that names the key with the given id. The answer of KMS says which key has
        signed. If that is another one, because of a rotation, the message is made and signed again.
        """
        for _ in range(SIGN_ATTEMPTS):
            key = await self._signer()
            message = message_for(key.id)
            response = await self._call(
                "sign",
                self._aliases.current,
                Message=message,
                MessageType="RAW",
                SigningAlgorithm="RSASSA_PKCS1_V1_5_SHA_256",
            )
            if response["KeyId"] == key.arn:
                return message, bytes(response["Signature"])
            if self._current is key:  # no other request has noticed it yet
                self._current = None
        raise _unavailable()

    async def _signer(self) -> _Key:
        if self._current is None:
            async with self._lock:
                if self._current is None:
                    await self._refresh()
        if self._current is None:
            raise _unavailable()
        return self._current

    async def _load(self) -> Mapping[str, RSAPublicKey]:
        answers = await asyncio.gather(*(self._call("get_public_key", alias) for alias in self._aliases))
        keys = [_key_of(answer) for answer in answers]
        self._current = keys[0]
        return {key.id: key.public for key in keys}

    async def _call(self, operation: str, alias: str, **parameters: Any) -> dict[str, Any]:
        try:
            return await self._aws.call("kms", operation, KeyId=alias, **parameters)
        except AwsError as error:
            logger(__name__).error("signing_key_unavailable", alias=alias, **describe(error))
            raise _unavailable() from error


def _key_of(answer: dict[str, Any]) -> _Key:
    der = bytes(answer["PublicKey"])
    public = load_der_public_key(der)
    if not isinstance(public, RSAPublicKey):
        raise TypeError("the signing key is not an RSA key")
    return _Key(arn=str(answer["KeyId"]), id=jwk_of(der)["kid"], public=public)


def _unavailable() -> Unavailable:
    return Unavailable("Tokens cannot be signed at the moment.")
