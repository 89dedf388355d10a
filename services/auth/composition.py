"""Constructs the auth service: what lives as long as the process, and the services for one caller."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from services.auth.config import AuthSettings
from services.auth.entity import Registration
from services.auth.passwords import PasswordHasher
from services.auth.repository.accounts import UserRepository
from services.auth.repository.login_attempts import LoginAttemptsRepository
from services.auth.repository.password_resets import PasswordResetRepository
from services.auth.repository.sessions import SessionRepository
from services.auth.service.accounts import AccountService
from services.auth.service.login_backoff import LoginBackoff
from services.auth.service.password_resets import PasswordResetService, PasswordResetTools
from services.auth.service.passwords import PasswordService
from services.auth.service.sessions import SessionService
from services.auth.signing_keys import SigningKeys
from services.auth.tokens import AccessTokenIssuer
from services.common.logs import describe, logger
from services.common.runtime import Runtime
from services.common.sealed_secrets import SecretSealer
from services.common.security.principal import SYSTEM, Principal
from services.common.unit_of_work import UnitOfWork
from services.common.waiting import wait_for
from services.contracts.roles import Role

CLEANING_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Components:
    """What lives as long as the process."""

    passwords: PasswordHasher
    access_tokens: AccessTokenIssuer
    sealer: SecretSealer


AuthRuntime = Runtime[AuthSettings, Components]


def signing_keys(settings: AuthSettings) -> SigningKeys:
    """Returns the keys that sign access tokens and, in this service, also verify them."""
    return SigningKeys(settings)


@asynccontextmanager
async def compose(runtime: Runtime[AuthSettings]) -> AsyncIterator[Components]:
    """Creates the first ADMIN and starts the loop that deletes old rows."""
    keys = runtime.keys
    assert isinstance(keys, SigningKeys)
    settings = runtime.settings
    components = Components(PasswordHasher(settings), AccessTokenIssuer(settings, keys), SecretSealer(settings))
    await _ensure_admin(runtime, components)
    runtime.background.start("cleaning", lambda stopping: _clean(runtime, components, stopping))
    yield components


def account_service(principal: Principal | None, uow: UnitOfWork, runtime: AuthRuntime) -> AccountService:
    """Returns the service for one caller and one transaction."""
    return _account_service(principal, uow, runtime.components)


def session_service(principal: None, uow: UnitOfWork, runtime: AuthRuntime) -> SessionService:
    """Returns the service for one transaction. There is no principal, because the request contains the credentials."""
    return _session_service(uow, runtime.settings, runtime.components)


def password_service(principal: Principal, uow: UnitOfWork, runtime: AuthRuntime) -> PasswordService:
    """Returns the service for one caller and one transaction."""
    return PasswordService(
        principal,
        uow,
        UserRepository(uow),
        SessionRepository(uow),
        PasswordResetRepository(uow),
        _backoff(uow, runtime.settings),
        runtime.components.passwords,
    )


def password_reset_service(_: Principal | None, uow: UnitOfWork, runtime: AuthRuntime) -> PasswordResetService:
    """Returns the service for one transaction. It does the same for every caller whom the route lets in."""
    components = runtime.components
    return PasswordResetService(
        uow,
        runtime.settings,
        UserRepository(uow),
        SessionRepository(uow),
        PasswordResetRepository(uow),
        _backoff(uow, runtime.settings),
        PasswordResetTools(components.passwords, components.sealer, lambda account: _send_code(runtime, account)),
    )


def _account_service(principal: Principal | None, uow: UnitOfWork, components: Components) -> AccountService:
    return AccountService(principal, uow, UserRepository(uow), SessionRepository(uow), components.passwords)


def _session_service(uow: UnitOfWork, settings: AuthSettings, components: Components) -> SessionService:
    return SessionService(
        uow,
        settings,
        UserRepository(uow),
        SessionRepository(uow),
        PasswordResetRepository(uow),
        _backoff(uow, settings),
        components.passwords,
        components.access_tokens,
    )


def _backoff(uow: UnitOfWork, settings: AuthSettings) -> LoginBackoff:
    return LoginBackoff(settings, LoginAttemptsRepository(uow))


async def _send_code(runtime: AuthRuntime, account: str) -> None:
    """Sends a code after the response. When that fails, the user asks again: nobody is told whether one was sent."""
    try:
        async with runtime.database.unit_of_work() as uow:
            await password_reset_service(None, uow, runtime).send(account)
    except Exception as error:
        logger(__name__).error("password_reset_not_sent", **describe(error))


async def _ensure_admin(runtime: Runtime[AuthSettings], components: Components) -> None:
    settings = runtime.settings
    if not settings.admin_username:
        return
    admin = Registration(
        username=settings.admin_username,
        password=settings.admin_password.get_secret_value(),
        email=settings.admin_email,
        roles=frozenset({Role.ADMIN}),
    )
    async with runtime.database.unit_of_work() as uow:
        await _account_service(SYSTEM, uow, components).ensure_admin(admin)


async def _clean(runtime: Runtime[AuthSettings], components: Components, stopping: asyncio.Event) -> None:
    while not await wait_for(stopping, CLEANING_SECONDS):
        async with runtime.database.unit_of_work() as uow:
            await _session_service(uow, runtime.settings, components).delete_old()
