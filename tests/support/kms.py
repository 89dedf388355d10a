"""A KMS in memory, with what signing needs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from services.contracts.jwk import jwk_of
from services.contracts.signing_keys import SigningAliases


@dataclass
class Key:
    """One key. `id` is its id in KMS, and `token_id` the one in tokens."""

    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    private: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    enabled: bool = True
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def public_der(self) -> bytes:
        form = serialization.PublicFormat.SubjectPublicKeyInfo
        return self.private.public_key().public_bytes(serialization.Encoding.DER, form)

    @property
    def token_id(self) -> str:
        return jwk_of(self.public_der)["kid"]


class Kms:
    """Has the methods of boto3's client that the system calls. `calls` counts them by name."""

    def __init__(self, aliases: SigningAliases) -> None:
        first = Key()
        self.keys = {first.id: first}
        self.aliases = dict.fromkeys(aliases, first.id)
        self.calls: list[str] = []

    def behind(self, name: str) -> Key:
        """Returns the key with this alias or id."""
        return self.keys[self.aliases.get(name, name)]

    def create_key(self, *, Tags: list[dict[str, str]], **_: Any) -> dict[str, Any]:
        key = Key(tags=_tags(Tags))
        self.keys[key.id] = key
        return {"KeyMetadata": {"KeyId": key.id}}

    def describe_key(self, *, KeyId: str) -> dict[str, Any]:
        return {"KeyMetadata": {"KeyId": self.behind(KeyId).id}}

    def update_alias(self, *, AliasName: str, TargetKeyId: str) -> None:
        assert AliasName in self.aliases
        self.aliases[AliasName] = self.keys[TargetKeyId].id

    def disable_key(self, *, KeyId: str) -> None:
        self.behind(KeyId).enabled = False

    def list_resource_tags(self, *, KeyId: str) -> dict[str, Any]:
        return {"Tags": [{"TagKey": key, "TagValue": value} for key, value in self.behind(KeyId).tags.items()]}

    def tag_resource(self, *, KeyId: str, Tags: list[dict[str, str]]) -> None:
        self.behind(KeyId).tags.update(_tags(Tags))

    def untag_resource(self, *, KeyId: str, TagKeys: list[str]) -> None:
        for key in TagKeys:
            self.behind(KeyId).tags.pop(key, None)

    def get_public_key(self, *, KeyId: str) -> dict[str, Any]:
        self.calls.append("get_public_key")
        key = self._usable(KeyId)
        return {"KeyId": _arn(key), "PublicKey": key.public_der}

    def sign(self, *, KeyId: str, Message: bytes, MessageType: str, SigningAlgorithm: str) -> dict[str, Any]:
        assert (MessageType, SigningAlgorithm) == ("RAW", "RSASSA_PKCS1_V1_5_SHA_256")
        self.calls.append("sign")
        key = self._usable(KeyId)
        return {"KeyId": _arn(key), "Signature": key.private.sign(Message, padding.PKCS1v15(), hashes.SHA256())}

    def _usable(self, name: str) -> Key:
        key = self.behind(name)
        assert key.enabled, "KMS refuses to use a disabled key, even to return its public half"
        return key


def _arn(key: Key) -> str:
    return f"arn:aws:kms:us-east-1:000000000000:key/{key.id}"


def _tags(tags: list[dict[str, str]]) -> dict[str, str]:
    return {tag["TagKey"]: tag["TagValue"] for tag in tags}
