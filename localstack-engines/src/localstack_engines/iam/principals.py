"""The principals of this LocalStack: users, role sessions and account roots, found by their access key."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

ROOT_SECRET = "test"  # noqa: S105 - the well-known secret of LocalStack's users, not a secret
"""The secret access key of account roots. LocalStack asks its users for this one."""

_DEFAULT_ACCOUNT = "000000000000"
_ACCOUNT = re.compile(r"\d{12}")
_ISSUED_KEY = re.compile(r"[AL][KS]IA[A-Z0-9]{16,}")
"""AWS issues AKIA and ASIA, LocalStack issues LKIA and LSIA."""


class ExpiredToken(Exception):
    """The session of temporary credentials is over."""


@dataclass(frozen=True, kw_only=True)
class Principal:
    """Who made a request. Policies are JSON documents.

    `arn` is what AWS names in errors; for a role it is the session's, and `role_arn` is the role's own.
    `boundary` is None without a permissions boundary, `session_policies` is empty without session policies.
    """

    arn: str
    account: str
    user_id: str = ""
    role_arn: str | None = None
    role_name: str | None = None
    user_name: str | None = None
    is_root: bool = False
    policies: tuple[str, ...] = ()
    boundary: str | None = None
    session_policies: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    def condition_keys(self) -> dict[str, str]:
        """Returns the condition keys that say who makes a request. A service of AWS never does.

        Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
        """
        return {
            "aws:PrincipalArn": self.role_arn or self.arn,
            "aws:PrincipalAccount": self.account,
            "aws:PrincipalIsAWSService": "false",
            "aws:PrincipalType": "User" if self.user_name else "AssumedRole",
            "aws:ViaAWSService": "false",
            "aws:userid": self.user_id,
            **({"aws:username": self.user_name} if self.user_name else {}),
            **{f"aws:PrincipalTag/{key}": value for key, value in self.tags.items()},
        }


@dataclass(frozen=True, kw_only=True)
class AccessKey:
    """An access key with its secret. Only temporary ones have a token and an end."""

    principal: Principal
    secret: str
    session_token: str | None = None
    expires_at: datetime | None = None


def root(account: str) -> Principal:
    return Principal(arn=f"arn:aws:iam::{account}:root", account=account, user_id=account, is_root=True)


def is_issued(access_key_id: str) -> bool:
    """Says whether the key has the form of those that IAM and STS issue. LocalStack takes any other for a root's."""
    return bool(_ISSUED_KEY.fullmatch(access_key_id))


def find_key(access_key_id: str) -> AccessKey | None:
    """Returns the access key with its owner, or None if there is no such key. Says nothing about its end."""
    if not is_issued(access_key_id):
        account = access_key_id if _ACCOUNT.fullmatch(access_key_id) else _DEFAULT_ACCOUNT
        return AccessKey(principal=root(account), secret=ROOT_SECRET)
    # moto needs seconds to import, and the unit tests of rules do without it.
    from localstack_engines.iam import store

    return store.find_key(access_key_id)


def find(access_key_id: str, session_token: str | None = None, now: datetime | None = None) -> Principal | None:
    """Returns the owner of an access key.

    Returns None for a key that nobody has, and for a session token that does not belong to the key.
    Raises ExpiredToken.
    """
    return owner(find_key(access_key_id), session_token, now)


def owner(key: AccessKey | None, session_token: str | None, now: datetime | None = None) -> Principal | None:
    """Returns the owner of `key` as `find` does (pure)."""
    if key is None:
        return None
    if not key.principal.is_root and (key.session_token or None) != (session_token or None):
        return None
    if key.expires_at is not None and (now or datetime.now(UTC)) >= key.expires_at:
        raise ExpiredToken
    return key.principal
