"""Secrets on their way from one service to another, encrypted with a key in KMS that only these two may use."""

from __future__ import annotations

import binascii
from base64 import b64decode, b64encode
from collections.abc import Mapping

from services.common.aws import Aws, AwsError
from services.common.settings import SealingSettings


class SecretSealer:
    """Encrypts and decrypts short texts. What the caller's role does not allow is refused by KMS.

    Both raise AwsError. The context is not secret; it must be the same for both (KMS Developer Guide, "Encryption
    context").
    """

    def __init__(self, settings: SealingSettings) -> None:
        self._aws = Aws(settings.aws_region)
        self._key = settings.sealing_key_id

    async def seal(self, secret: str, context: Mapping[str, str]) -> str:
        """Returns the encrypted text as base64."""
        answer = await self._aws.call(
            "kms", "encrypt", KeyId=self._key, Plaintext=secret.encode(), EncryptionContext=context
        )
        return b64encode(answer["CiphertextBlob"]).decode()

    async def unseal(self, sealed: str, context: Mapping[str, str]) -> str:
        """Returns the secret."""
        try:
            content = b64decode(sealed, validate=True)
        except binascii.Error as error:
            raise AwsError("InvalidCiphertextException") from error
        answer = await self._aws.call(
            "kms", "decrypt", KeyId=self._key, CiphertextBlob=content, EncryptionContext=context
        )
        secret: bytes = answer["Plaintext"]
        return secret.decode()
