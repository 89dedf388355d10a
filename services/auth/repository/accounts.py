"""The SQL of user accounts. Never commits."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.auth.entity import User, UserFilter
from services.common.database import Duplicate, violated_constraint
from services.common.paging import ASC, Keyset, PageRequest, Slice
from services.contracts.roles import Role

USERNAME_TAKEN, EMAIL_TAKEN = "user_username", "user_email"

_OLDEST_FIRST = Keyset("users", (User.id, ASC))


class UserRepository:
    """User accounts, in one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, id: UUID) -> User | None:
        """Returns the account, to read it."""
        return await self._session.get(User, id)

    async def get_for_update(self, id: UUID) -> User | None:
        """Returns the account and locks it until the transaction ends."""
        return await self._session.get(User, id, with_for_update=True)

    async def get_for_share(self, id: UUID) -> User | None:
        """Returns the account as it is now. Nobody changes it until the transaction ends."""
        return await self._session.get(User, id, with_for_update={"read": True})

    async def get_by_username(self, username: str) -> User | None:
        """Returns the account with this username. Case is ignored."""
        return await self._session.scalar(select(User).where(func.lower(User.username) == username.lower()))

    async def page(self, filter: UserFilter, page: PageRequest) -> Slice[User]:
        """Returns one page of the accounts that match, in the order of their registration."""
        statement = select(User)
        if filter.role is not None:
            statement = statement.where(User.roles.contains([filter.role.value]))
        rows = (await self._session.scalars(_OLDEST_FIRST.apply(statement, page))).all()
        return _OLDEST_FIRST.page(rows, page)

    async def lock_active_admins(self) -> Sequence[UUID]:
        """Locks the accounts of all active ADMINs and returns their ids.

        They are locked in one order, so two ADMINs who change each other wait for each other instead of a deadlock.
        """
        active = select(User.id).where(User.roles.contains([Role.ADMIN.value]), ~User.disabled)
        return (await self._session.scalars(active.order_by(User.id).with_for_update())).all()

    async def lock_active_admin(self, id: UUID) -> bool:
        """Returns whether the account is an active ADMIN's. If so, it stays one until the transaction ends."""
        active = select(User.id).where(User.id == id, User.roles.contains([Role.ADMIN.value]), ~User.disabled)
        return await self._session.scalar(active.with_for_update(read=True)) is not None

    async def add(self, user: User) -> None:
        """Writes a new account. Raises Duplicate when the username or the e-mail address is taken."""
        self._session.add(user)
        try:
            await self._session.flush()
        except IntegrityError as error:
            raise Duplicate(violated_constraint(error)) from error

    async def add_if_new(self, user: User) -> bool:
        """Writes a new account and returns True, or returns False when it is a duplicate: the transaction continues."""
        try:
            async with self._session.begin_nested():
                await self.add(user)
        except Duplicate:
            return False
        return True

    async def save(self, user: User) -> None:
        """Writes the changes of an account and increments its version."""
        self._session.add(user)
        await self._session.flush()

    async def set_password_hash(self, id: UUID, password_hash: str) -> None:
        """Replaces the password hash. The version stays, because no response contains the hash."""
        await self._session.execute(update(User).where(User.id == id).values(password_hash=password_hash))
