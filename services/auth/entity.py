"""The tables and value objects of the auth service."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.common import database
from services.contracts.roles import Role


class Base(DeclarativeBase):
    type_annotation_map = database.COLUMN_TYPES


class User(Base):
    """A user's account. Usernames and e-mail addresses are unique; case is ignored."""

    __tablename__ = "user"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    username: Mapped[str]
    email: Mapped[str]
    full_name: Mapped[str | None]
    password_hash: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    disabled: Mapped[bool]
    version: Mapped[int] = mapped_column()  # `__mapper_args__` needs a column, not only an annotation
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __mapper_args__ = {"version_id_col": version}


class Session(Base):
    """A sign-in, which refresh tokens continue. When it is revoked, none of its refresh tokens is valid any more."""

    __tablename__ = "session"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_because: Mapped[str | None]


class RefreshToken(Base):
    """A refresh token, stored as a hash. `used_at` is the time at which it was exchanged for the next token."""

    __tablename__ = "refresh_token"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    session_id: Mapped[UUID]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LoginAttempts(Base):
    """Logins with one username, whether or not there is such an account: from one address, or from all that failed.

    `signed_in_at` is the time of the last successful one. Usernames and addresses are stored as hashes, because people
    sometimes type their password into the wrong field, and because nobody needs to see where they are.
    """

    __tablename__ = "login_attempts"

    username_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    address_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    failures: Mapped[int]
    failed_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]
    signed_in_at: Mapped[datetime | None]


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
