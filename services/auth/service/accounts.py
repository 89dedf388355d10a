"""Rules of accounts."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.exc import IntegrityError

from services.auth import mapper
from services.auth.dto import Registration, UserChange
from services.auth.entity import User
from services.auth.passwords import Passwords
from services.auth.repository.accounts import SessionRepository, UserRepository
from services.common.clock import utc_now
from services.common.errors import Conflict, Forbidden, NotFound, Unauthorized
from services.common.etags import Condition
from services.common.identifiers import uuid7
from services.common.logs import logger
from services.common.paging import PageRequest, Slice
from services.common.security.principal import Principal
from services.common.unit_of_work import UnitOfWork
from services.contracts.roles import Role


class AccountService:
    """Registration and administration."""

    def __init__(self, users: UserRepository, passwords: Passwords, work: UnitOfWork) -> None:
        self._users = users
        self._passwords = passwords
        self._work = work

    async def register(self, caller: Principal | None, registration: Registration) -> User:
        """Anyone may; only an ADMIN gives roles."""
        if registration.roles is not None and not (caller and caller.has(Role.ADMIN)):
            raise Forbidden("roles-not-allowed", "Only an ADMIN may give roles.")
        roles = registration.roles or frozenset({Role.PATIENT})
        async with self._passwords.slot():
            password_hash = await self._passwords.hash(registration.password)
        user = _new_user(registration.username, registration.email, password_hash, roles, registration.full_name)
        await self._users.add(user)
        self._work.publish(mapper.to_registered(user))
        self._work.record("user.register", "user", user.id, actor=user.id)
        return user

    async def ensure_admin(self, username: str, password: str, email: str) -> None:
        """Makes the first ADMIN, once; an existing account is left as it is."""
        if await self._users.by_username(username) is not None:
            return
        password_hash = await self._passwords.hash(password)
        user = _new_user(username, email, password_hash, frozenset({Role.ADMIN}), None)
        try:
            async with self._work.session.begin_nested():
                await self._users.add(user)
        except (Conflict, IntegrityError):
            return  # another instance was faster
        self._work.publish(mapper.to_registered(user))
        self._work.record("user.register", "user", user.id)
        logger(__name__).info("admin_created", user_id=user.id)

    async def own(self, caller: Principal) -> User:
        """The caller's account as it is now: a disabled one is out at once here."""
        user = await self._users.get(caller.subject)
        if user is None or user.disabled:
            raise Unauthorized("invalid_token", "There is no active account for this token.")
        return user

    async def page(self, page: PageRequest, role: Role | None) -> Slice[User]:
        """All accounts, or those with a role."""
        return await self._users.page(page, role)

    async def change(self, caller: Principal, user_id: UUID, change: UserChange, condition: Condition) -> User:
        """Roles and the disabled flag. The caller must be an ADMIN still, whatever their token says."""
        admins = await self._users.lock_active_admins()
        if caller.subject not in admins:
            raise Forbidden(None, "The caller is no ADMIN any more.")
        user = await self._users.get(user_id, lock=True)
        if user is None:
            raise NotFound("user")
        condition.check(user.version)
        roles = sorted(change.roles) if change.roles is not None else user.roles
        disabled = user.disabled if change.disabled is None else change.disabled
        if admins == [user_id] and (disabled or Role.ADMIN.value not in roles):
            raise Conflict("last-admin", "This is the last active ADMIN.")
        await self._apply(user, [Role(role).value for role in roles], disabled)
        return user

    async def _apply(self, user: User, roles: list[str], disabled: bool) -> None:
        if sorted(user.roles) == sorted(roles) and user.disabled == disabled:
            return
        user.roles, user.disabled, user.updated_at = roles, disabled, utc_now()
        if disabled:
            await SessionRepository(self._work.session).revoke_all(user.id, user.updated_at, "disabled")
        await self._work.session.flush()  # counts the version up
        self._work.publish(mapper.to_updated(user))
        self._work.record("user.update", "user", user.id)


def _new_user(username: str, email: str, password_hash: str, roles: frozenset[Role], full_name: str | None) -> User:
    now = utc_now()
    return User(
        id=uuid7(),
        username=username,
        email=email,
        full_name=full_name,
        password_hash=password_hash,
        roles=sorted(role.value for role in roles),
        disabled=False,
        version=1,
        created_at=now,
        updated_at=now,
    )
