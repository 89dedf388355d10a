"""The discovery function's settings."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """What the CDK app tells the function."""

    issuer: str
    """The `iss` of every token: the HTTP API's own URL, without a slash at its end."""
    signing_key_id: str
    """The KMS key (ARN, id or alias) that the auth service signs with."""

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> Settings:
        """Reads JWT_ISSUER and SIGNING_KEY_ID. Raises KeyError naming the one that is missing."""
        return cls(issuer=environment["JWT_ISSUER"].rstrip("/"), signing_key_id=environment["SIGNING_KEY_ID"])
