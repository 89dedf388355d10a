"""Access tokens that differ from a good one in one thing."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ops import aws
from ops.rotation.rotate import ALIASES


@dataclass(frozen=True)
class Forger:
    """Makes tokens from a good one. Each differs from it only in the given headers and claims."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]

    @classmethod
    def of(cls, token: str) -> Forger:
        head, payload, _ = token.split(".")
        return cls(json.loads(_decoded(head)), json.loads(_decoded(payload)))

    def unsigned(self, headers: Mapping[str, Any] | None = None, **claims: Any) -> str:
        """Returns header and claims without a signature. A value of None leaves one out."""
        parts = ({**self.header, **(headers or {})}, {**self.claims, **claims})
        kept = ({name: value for name, value in part.items() if value is not None} for part in parts)
        return ".".join(encoded(json.dumps(part).encode()) for part in kept)

    def signed(self, headers: Mapping[str, Any] | None = None, *, key: str = ALIASES.current, **claims: Any) -> str:
        """Returns a token that is signed with a key of the system, which no attacker has. `key` is its alias."""
        text = self.unsigned(headers, **claims)
        answer = aws.client("kms").sign(
            KeyId=key,
            Message=text.encode(),
            MessageType="RAW",
            SigningAlgorithm="RSASSA_PKCS1_V1_5_SHA_256",
        )
        return f"{text}.{encoded(answer['Signature'])}"


def encoded(data: bytes) -> str:
    """Returns base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
