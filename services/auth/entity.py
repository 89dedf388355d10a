"""The tables and value objects of the auth service."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.common.sql import table_of
from services.contracts.roles import Role


@dataclass(slots=True)
class User:
    """A user's account. Usernames and e-mail addresses are unique; case is ignored."""

    id: UUID
    username: str
    email: str
    full_name: str | None
    password_hash: str
    roles: list[str]
    disabled: bool
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(slots=True)
class Session:
    """A sign-in, which refresh tokens continue. When it is revoked, none of its refresh tokens is valid any more."""

    id: UUID
    user_id: UUID
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None
    revoked_because: str | None = None


@dataclass(slots=True)
class RefreshToken:
    """A refresh token, stored as a hash. `used_at` is the time at which it was exchanged for the next token."""

    token_hash: bytes
    session_id: UUID
    issued_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


@dataclass(slots=True)
class PasswordReset:
    """The code with which a user sets a new password, as a hash. A newer one replaces it; using it deletes it."""

    user_id: UUID
    code_hash: bytes
    requested_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LoginAttempts:
    """Logins with one username, whether or not there is such an account: from one address, or from all that failed.

    `signed_in_at` is the time of the last successful one. Usernames and addresses are stored as hashes, because people
    sometimes type their password into the wrong field, and because nobody needs to see where they are.
    """

    blocked_until: datetime | None = None
    signed_in_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AttemptKey:
    """Which logins are counted together. An empty `address_hash` stands for all addresses."""

    username_hash: bytes
    address_hash: bytes = b""

    @classmethod
    def of(cls, username: str, address: str | None = None) -> AttemptKey:
        """Returns the key of a username and an address. Case is ignored."""
        name = username.lower().encode()
        digest = hashlib.sha256(name).digest()
        if address is None:
            return cls(digest)
        # The username is part of it, so that the same address cannot be found in the rows of other users.
        return cls(digest, hashlib.sha256(b"\0".join((name, address.encode()))).digest())


@dataclass(frozen=True, slots=True)
class Registration:
    """A new account. Without `roles` it becomes a PATIENT's."""

    username: str
    password: str = field(repr=False)
    email: str
    full_name: str | None = None
    roles: frozenset[Role] | None = None


@dataclass(frozen=True, slots=True)
class UserChange:
    """What an ADMIN changes in an account. None leaves a field as it is."""

    roles: frozenset[Role] | None = None
    disabled: bool | None = None


@dataclass(frozen=True, slots=True)
class UserFilter:
    """Which accounts to list."""

    role: Role | None = None


@dataclass(frozen=True, slots=True)
class PresentedToken:
    """A refresh token that a client presents, with its session and the session's account."""

    token: RefreshToken
    session: Session
    user: User


@dataclass(frozen=True, slots=True)
class IssuedTokens:
    """The tokens that a client receives. `expires_in` is the lifetime of the access token in seconds."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    scope: str
    expires_in: int


USER = table_of(User, "user")
SESSION = table_of(Session, "session")
REFRESH_TOKEN = table_of(RefreshToken, "refresh_token", key=("token_hash",))
PASSWORD_RESET = table_of(PasswordReset, "password_reset", key=("user_id",))
