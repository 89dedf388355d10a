"""The settings of the discovery function."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DiscoverySettings:
    """The environment variables that the CDK app sets."""

    issuer: str
    """The `iss` of every token: the URL of the HTTP API, without a slash at its end."""
    signing_key_alias: str
    """The alias of the KMS key that the auth service signs with."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> DiscoverySettings:
        """Reads JWT_ISSUER and SIGNING_KEY_ALIAS. Raises KeyError with the name of a missing one."""
        return cls(issuer=environment["JWT_ISSUER"].rstrip("/"), signing_key_alias=environment["SIGNING_KEY_ALIAS"])
