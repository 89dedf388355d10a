"""Tables of the auth service."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import LargeBinary, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from services.common.database import COLUMN_TYPES
from services.contracts.roles import Role


class Base(DeclarativeBase):
    """All entities of this service."""

    type_annotation_map = COLUMN_TYPES


class User(Base):
    """An account. Usernames and addresses are unique without regard to case."""

    __tablename__ = "user"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    username: Mapped[str]
    email: Mapped[str]
    full_name: Mapped[str | None]
    password_hash: Mapped[str]
    roles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    disabled: Mapped[bool]
    version: Mapped[int] = mapped_column()
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __mapper_args__ = {"version_id_col": version}

    def has(self, role: Role) -> bool:
        """Whether the account has the role."""
        return role.value in self.roles


class Session(Base):
    """A sign-in and the family of refresh tokens that continue it. Revoked, none of them works."""

    __tablename__ = "session"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    user_id: Mapped[UUID]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    revoked_because: Mapped[str | None]


class RefreshToken(Base):
    """One refresh token, known by its hash only. `used_at` is set when it was exchanged for the next."""

    __tablename__ = "refresh_token"

    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    session_id: Mapped[UUID]
    issued_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class LoginBackoff(Base):
    """Wrong passwords for one username, whether or not there is such an account.

    The name is kept as a hash: people type passwords into the wrong field.
    """

    __tablename__ = "login_backoff"

    username_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    failures: Mapped[int]
    failed_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]
