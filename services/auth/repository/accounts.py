"""The SQL of user accounts. Never commits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from uuid import UUID

from sqlalchemy import bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert

from services.auth.entity import SESSION, USER, User, UserFilter
from services.common.paging import ASC, Keyset, PageRequest, Slice
from services.common.sql import Statement
from services.common.unit_of_work import UnitOfWork
from services.contracts.roles import Role

USERNAME_TAKEN, EMAIL_TAKEN = "user_username", "user_email"

_OLDEST_FIRST = Keyset("users", (USER.c.id, ASC))
_IS = USER.c.id == bindparam("id")
_ACTIVE_ADMIN = USER.c.roles.contains([Role.ADMIN.value]) & ~USER.c.disabled
_ENDED = select(SESSION.c.id).where(SESSION.c.id == bindparam("session_id"), SESSION.c.revoked_at.is_not(None)).exists()
_SIGNED_IN = Statement(select(USER).where(_IS, ~_ENDED))
_LOCKED = Statement(select(USER).where(_IS).with_for_update())
_SHARED = Statement(select(USER).where(_IS).with_for_update(read=True))
_BY_USERNAME = Statement(select(USER).where(func.lower(USER.c.username) == bindparam("username")))
_ADMINS = Statement(select(USER.c.id).where(_ACTIVE_ADMIN).order_by(USER.c.id).with_for_update())
_ADMIN = Statement(select(USER.c.id).where(_IS, _ACTIVE_ADMIN).with_for_update(read=True))
_ADD_IF_NEW = Statement(insert(USER).on_conflict_do_nothing().returning(USER.c.id))
_SET_HASH = Statement(update(USER).where(_IS).values(password_hash=bindparam("new_hash")))


@cache
def _page(with_role: bool, after: bool) -> Statement:
    statement = select(USER)
    if with_role:
        statement = statement.where(USER.c.roles.contains(bindparam("roles", type_=USER.c.roles.type)))
    return Statement(_OLDEST_FIRST.apply(statement, after=after))


class UserRepository:
    """User accounts, in one transaction."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def get_signed_in(self, id: UUID, session_id: UUID | None) -> User | None:
        """Returns the account, to read it. Returns None when the session, if there is one, has been ended."""
        return await self._uow.one(_SIGNED_IN, User, id=id, session_id=session_id)

    async def get_for_update(self, id: UUID) -> User | None:
        """Returns the account and locks it until the transaction ends."""
        return await self._uow.one(_LOCKED, User, id=id)

    async def get_for_share(self, id: UUID) -> User | None:
        """Returns the account as it is now. Nobody changes it until the transaction ends."""
        return await self._uow.one(_SHARED, User, id=id)

    async def get_by_username(self, username: str) -> User | None:
        """Returns the account with this username. Case is ignored."""
        return await self._uow.one(_BY_USERNAME, User, username=username.lower())

    async def page(self, filter: UserFilter, page: PageRequest) -> Slice[User]:
        """Returns one page of the accounts that match, in the order of their registration."""
        statement = _page(filter.role is not None, page.cursor is not None)
        values = {"roles": [filter.role.value] if filter.role else None, **_OLDEST_FIRST.values(page)}
        return _OLDEST_FIRST.page(await self._uow.all(statement, User, **values), page)

    async def lock_active_admins(self) -> Sequence[UUID]:
        """Locks the accounts of all active ADMINs and returns their ids.

        They are locked in one order, so two ADMINs who change each other wait for each other instead of a deadlock.
        """
        return await self._uow.all(_ADMINS, lambda id: id)

    async def lock_active_admin(self, id: UUID) -> bool:
        """Returns whether the account is an active ADMIN's. If so, it stays one until the transaction ends."""
        return await self._uow.value(_ADMIN, id=id) is not None

    def add(self, user: User) -> None:
        """Writes a new account."""
        self._uow.add(USER, user)

    async def add_if_new(self, user: User) -> bool:
        """Writes a new account and returns True, or returns False when it is a duplicate."""
        return await self._uow.value(_ADD_IF_NEW, **asdict(user)) is not None

    def change(self, user: User) -> None:
        """Writes an account that was changed."""
        self._uow.change(USER, user)

    async def set_password_hash(self, id: UUID, password_hash: str) -> None:
        """Replaces the password hash. The version stays, because no response contains the hash."""
        await self._uow.execute(_SET_HASH, id=id, new_hash=password_hash)
