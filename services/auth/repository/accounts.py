"""SQL of the auth service."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Integer, cast, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.entity import LoginBackoff, RefreshToken, Session, User
from services.common.database import violated_constraint
from services.common.errors import Conflict
from services.common.paging import ASC, Keyset, PageRequest, Slice
from services.contracts.roles import Role

_BY_ID = Keyset("users", (User.id, ASC))
_TAKEN = {
    "user_username": ("username-taken", "This username is taken."),
    "user_email": ("email-taken", "There is an account with this e-mail address."),
}


class UserRepository:
    """Accounts."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, user: User) -> None:
        """Raises Conflict when username or address are taken."""
        self._session.add(user)
        try:
            await self._session.flush()
        except IntegrityError as error:
            taken = _TAKEN.get(violated_constraint(error) or "")
            if taken is None:
                raise
            raise Conflict(*taken) from error

    async def get(self, user_id: UUID, *, lock: bool = False) -> User | None:
        """By id; `lock` keeps others from changing it until this transaction ends."""
        return await self._session.get(User, user_id, with_for_update=True if lock else None)

    async def by_username(self, username: str) -> User | None:
        """Without regard to case."""
        return await self._session.scalar(select(User).where(func.lower(User.username) == username.lower()))

    async def page(self, page: PageRequest, role: Role | None) -> Slice[User]:
        """In the order of registration."""
        statement = select(User)
        if role is not None:
            statement = statement.where(User.roles.contains([role.value]))
        rows = (await self._session.scalars(_BY_ID.apply(statement, page))).all()
        return _BY_ID.page(rows, page)

    async def lock_active_admins(self) -> Sequence[UUID]:
        """The accounts that can administer; locked in one order, so that two of them cannot remove each other."""
        active = select(User.id).where(User.roles.contains([Role.ADMIN.value]), ~User.disabled)
        return (await self._session.scalars(active.order_by(User.id).with_for_update())).all()

    async def set_password_hash(self, user_id: UUID, password_hash: str) -> None:
        """No new version: nobody but the password check sees it."""
        await self._session.execute(update(User).where(User.id == user_id).values(password_hash=password_hash))


class SessionRepository:
    """Sessions and their refresh tokens."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    def add(self, entity: Session | RefreshToken) -> None:
        """A new session or token."""
        self._session.add(entity)

    async def flush(self) -> None:
        """Sends what was added, so that rows which refer to it can follow."""
        await self._session.flush()

    async def find(self, token_hash: bytes) -> tuple[RefreshToken, Session, User] | None:
        """A token with its session and account, session locked: of two exchanges at once the second sees the first."""
        session_id = await self._session.scalar(
            select(RefreshToken.session_id).where(RefreshToken.token_hash == token_hash)
        )
        if session_id is None:
            return None
        # Locked by a statement of its own: the next one's snapshot then has what the former holder committed.
        await self._session.execute(select(Session.id).where(Session.id == session_id).with_for_update())
        statement = (
            select(RefreshToken, Session, User)
            .join(Session, Session.id == RefreshToken.session_id)
            .join(User, User.id == Session.user_id)
            .where(RefreshToken.token_hash == token_hash)
        )
        row = (await self._session.execute(statement)).one_or_none()
        return (row[0], row[1], row[2]) if row else None

    async def revoke_all(self, user_id: UUID, at: datetime, because: str) -> None:
        """Ends every session of an account."""
        mine = update(Session).where(Session.user_id == user_id, Session.revoked_at.is_(None))
        await self._session.execute(mine.values(revoked_at=at, revoked_because=because))

    async def forget_ended(self, before: datetime) -> None:
        """Deletes sessions, with their tokens, that ended before then."""
        await self._session.execute(delete(Session).where(Session.expires_at < before))


class BackoffRepository:
    """Wrong passwords per username."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def blocked_until(self, username_hash: bytes) -> datetime | None:
        """When the next try is allowed, if one must wait."""
        blocked = select(LoginBackoff.blocked_until).where(LoginBackoff.username_hash == username_hash)
        until: datetime | None = await self._session.scalar(blocked)
        return until

    async def failed(self, username_hash: bytes, now: datetime, forget_after: timedelta) -> int:
        """Counts a failure and returns how many there were lately."""
        fresh = insert(LoginBackoff).values(username_hash=username_hash, failures=1, failed_at=now, blocked_until=None)
        recent = LoginBackoff.failed_at > now - forget_after
        counted = fresh.on_conflict_do_update(
            index_elements=[LoginBackoff.username_hash],
            set_={"failures": LoginBackoff.failures * cast(recent, Integer) + 1, "failed_at": now},
        )
        failures = await self._session.scalar(counted.returning(LoginBackoff.failures))
        return int(failures or 0)

    async def block(self, username_hash: bytes, until: datetime) -> None:
        """Refuses tries until then."""
        mine = update(LoginBackoff).where(LoginBackoff.username_hash == username_hash)
        await self._session.execute(mine.values(blocked_until=until))

    async def succeeded(self, username_hash: bytes) -> None:
        """Forgets the failures."""
        await self._session.execute(delete(LoginBackoff).where(LoginBackoff.username_hash == username_hash))

    async def forget(self, before: datetime) -> None:
        """Deletes old failures."""
        await self._session.execute(delete(LoginBackoff).where(LoginBackoff.failed_at < before))
