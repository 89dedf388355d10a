"""The public keys that verify access tokens, read from KMS."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from services.common.aws import Aws, AwsError
from services.common.errors import Unavailable
from services.common.logs import describe, logger
from services.common.security.keys import KeyCache
from services.common.settings import ServiceSettings
from services.contracts.jwk import jwk_of
from services.contracts.signing_keys import SigningAliases


@dataclass(frozen=True, slots=True)
class Key:
    """`arn` is the key's name in KMS, and `id` its name in tokens and in the published key set."""

    arn: str
    id: str
    public: RSAPublicKey


class KmsKeys(KeyCache):
    """The public halves of the keys behind the three signing aliases: the same keys that the issuer publishes.

    A service asks KMS, because a task has no way to the public address of the issuer (docs/adr/0020).
    """

    def __init__(self, settings: ServiceSettings, **ages: float) -> None:
        super().__init__(**ages)
        self._aliases = SigningAliases(settings.signing_key_alias)
        self._aws = Aws(settings.aws_region)

    async def _load(self) -> Mapping[str, RSAPublicKey]:
        return {key.id: key.public for key in await self._read()}

    async def _read(self) -> list[Key]:
        """Returns the keys in the order of the aliases. Logs a failure and raises Unavailable."""
        answers = await asyncio.gather(*(self._call("get_public_key", alias) for alias in self._aliases))
        return [_key_of(answer) for answer in answers]

    async def _call(self, operation: str, alias: str, **parameters: Any) -> dict[str, Any]:
        try:
            return await self._aws.call("kms", operation, KeyId=alias, **parameters)
        except AwsError as error:
            logger(__name__).error(
                "signing_key_unavailable", resource=alias, action=f"kms:{operation}", **describe(error)
            )
            raise Unavailable("The keys of access tokens are not available at the moment.") from error


def _key_of(answer: dict[str, Any]) -> Key:
    der = bytes(answer["PublicKey"])
    public = load_der_public_key(der)
    if not isinstance(public, RSAPublicKey):
        raise TypeError("the signing key is not an RSA key")
    return Key(arn=str(answer["KeyId"]), id=jwk_of(der)["kid"], public=public)
