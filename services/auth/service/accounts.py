"""The use cases of user accounts and their rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import NoReturn
from uuid import UUID

from services.auth import mapper
from services.auth.entity import Registration, User, UserChange, UserFilter
from services.auth.hashing_queue import Lane, Turn
from services.auth.passwords import PasswordHasher
from services.auth.repository.accounts import EMAIL_TAKEN, USERNAME_TAKEN, UserRepository
from services.auth.repository.sessions import SessionRepository
from services.auth.service.refusals import no_account, refuse_weak
from services.common.clock import utc_now
from services.common.errors import Conflict, Forbidden, Problem
from services.common.etags import Condition
from services.common.identifiers import uuid7
from services.common.logs import logger
from services.common.paging import PageRequest, Slice
from services.common.security.principal import Principal
from services.common.unit_of_work import UnitOfWork
from services.contracts.roles import Role, scopes_of

RESOURCE = "user"
_REFUSALS: Mapping[str, Callable[[], Problem]] = {
    USERNAME_TAKEN: partial(Conflict, "username-taken", "Another account has this username."),
    EMAIL_TAKEN: partial(Conflict, "email-taken", "Another account has this e-mail address."),
}


class AccountService:
    """User accounts, for one caller in one transaction. Somebody who registers is a caller without a principal."""

    def __init__(
        self,
        principal: Principal | None,
        uow: UnitOfWork,
        users: UserRepository,
        sessions: SessionRepository,
        passwords: PasswordHasher,
    ) -> None:
        self._principal = principal
        self._uow = uow
        self._users = users
        self._sessions = sessions
        self._passwords = passwords

    async def hash_password(self, registration: Registration, client: str) -> str:
        """Returns the hash for `register`. Raises Forbidden for roles from anyone but an ADMIN.

        Raises Unprocessable for a password that is guessed first, and Unavailable when too many others are waiting.
        It comes before everything that needs a database connection, which would be held while the request waits for
        its turn.
        """
        by_admin = self._principal is not None and self._principal.has(Role.ADMIN)
        if registration.roles is not None and not by_admin:
            raise Forbidden("roles-not-allowed", "Only an ADMIN may set roles.")
        refuse_weak(
            registration.password,
            username=registration.username,
            email=registration.email,
            full_name=registration.full_name,
            pointer="/body/password",
        )
        turn = Turn(Lane.SIGN_IN if by_admin else Lane.REGISTRATION, client)
        return await self._passwords.hash(turn, registration.password)

    async def register(self, registration: Registration, password_hash: str) -> User:
        """Creates an account. Raises Conflict for a duplicate, and Forbidden when roles are set by a former ADMIN."""
        if registration.roles is not None:
            await self._lock_caller()
        user = _new_user(registration, password_hash)
        self._users.add(user)
        self._uow.refuse(_REFUSALS)
        self._uow.publish(mapper.user_registered_event(user))
        self._uow.record("user.register", RESOURCE, user.id, actor=user.id)
        return user

    async def ensure_admin(self, registration: Registration) -> None:
        """Creates the first ADMIN, unless there is an account with this username or e-mail address."""
        if await self._users.get_by_username(registration.username) is not None:
            return
        await self._uow.release()
        user = _new_user(registration, await self._passwords.hash(Turn(Lane.REGISTRATION), registration.password))
        if not await self._users.add_if_new(user):
            return  # another instance was faster
        self._uow.publish(mapper.user_registered_event(user))
        self._uow.record("user.register", RESOURCE, user.id)
        logger(__name__).info("admin_created", user_id=user.id)

    async def present_principal(self) -> Principal:
        """Returns the caller with the roles and scopes of the token that the account still has. Raises Unauthorized."""
        principal, user = self._principal, await self.get_own()
        assert principal is not None
        roles = principal.roles & {Role(role) for role in user.roles}
        scopes = principal.scopes & set(scopes_of(roles))
        return replace(principal, roles=roles, scopes=scopes)

    async def get_own(self) -> User:
        """Returns the caller's account.

        Raises Unauthorized when it is disabled or the session was ended, although the token is still valid.
        """
        principal = self._principal
        user = await self._users.get_signed_in(principal.subject, principal.session_id) if principal else None
        if user is None or user.disabled:
            raise no_account()
        return user

    async def list(self, filter: UserFilter, page: PageRequest) -> Slice[User]:
        """Returns one page of the accounts."""
        return await self._users.page(filter, page)

    async def change(self, id: UUID, change: UserChange, condition: Condition) -> User:
        """Changes roles and the disabled flag. Raises NotFound, PreconditionFailed and Conflict.

        Raises Unauthorized or Forbidden when the caller's account is not an active ADMIN's any more.
        """
        admins = await self._users.lock_active_admins()
        if self._principal is None or self._principal.subject not in admins:
            await self._refuse_former_admin()
        user = await self._users.get_for_update(id)
        if user is None:
            await self._uow.not_found("user.update", RESOURCE)
        condition.check(user.version)
        roles = user.roles if change.roles is None else [role.value for role in sorted(change.roles)]
        disabled = user.disabled if change.disabled is None else change.disabled
        if admins == [id] and (disabled or Role.ADMIN.value not in roles):
            raise Conflict("last-admin", "This is the last active ADMIN.")
        if sorted(user.roles) != sorted(roles) or user.disabled != disabled:
            await self._update(user, roles, disabled)
        return user

    async def _lock_caller(self) -> None:
        """Keeps the caller an active ADMIN until the transaction ends. Raises Unauthorized or Forbidden for others."""
        if self._principal is None or not await self._users.lock_active_admin(self._principal.subject):
            await self._refuse_former_admin()

    async def _refuse_former_admin(self) -> NoReturn:
        """Raises Unauthorized when the caller's account has been disabled meanwhile, otherwise Forbidden."""
        user = await self._users.get_for_share(self._principal.subject) if self._principal else None
        if user is None or user.disabled:
            raise no_account()
        raise Forbidden(None, "The caller is not an ADMIN any more.")

    async def _update(self, user: User, roles: Sequence[str], disabled: bool) -> None:
        user.roles, user.disabled, user.updated_at = list(roles), disabled, utc_now()
        user.version += 1
        if disabled:
            await self._sessions.revoke_all(user.id, user.updated_at, "disabled")
        self._users.change(user)
        self._uow.publish(mapper.user_updated_event(user))
        self._uow.record("user.update", RESOURCE, user.id)


def _new_user(registration: Registration, password_hash: str) -> User:
    now = utc_now()
    return User(
        id=uuid7(),
        username=registration.username,
        email=registration.email,
        full_name=registration.full_name,
        password_hash=password_hash,
        roles=sorted(role.value for role in registration.roles or {Role.PATIENT}),
        disabled=False,
        version=1,
        created_at=now,
        updated_at=now,
    )
