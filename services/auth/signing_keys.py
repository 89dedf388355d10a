"""The keys in KMS that sign access tokens."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from services.auth.config import AuthSettings
from services.common.errors import Unavailable
from services.common.security.kms_keys import Key, KmsKeys

SIGN_ATTEMPTS = 3


class SigningKeys(KmsKeys):
    """RSA keys in KMS. The private keys never leave KMS; the public keys verify tokens, as in every service.

    KMS finds the key that signs by its alias, so a rotation needs no deployment.
    """

    def __init__(self, settings: AuthSettings) -> None:
        super().__init__(settings)
        self._current: Key | None = None

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

    async def _signer(self) -> Key:
        if self._current is None:
            async with self._lock:
                if self._current is None:
                    await self._refresh()
        if self._current is None:
            raise _unavailable()
        return self._current

    async def _load(self) -> Mapping[str, RSAPublicKey]:
        keys = await self._read()
        self._current = keys[0]
        return {key.id: key.public for key in keys}


def _unavailable() -> Unavailable:
    return Unavailable("Tokens cannot be signed at the moment.")
