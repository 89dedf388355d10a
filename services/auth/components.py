"""What lives as long as the auth service's process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from services.auth.config import AuthSettings
from services.auth.passwords import Passwords
from services.auth.repository import BackoffRepository, SessionRepository, UserRepository
from services.auth.service.accounts import AccountService
from services.auth.tokens import AccessTokens, SigningKey
from services.common.clock import utc_now
from services.common.runtime import Runtime
from services.common.waiting import wait_for

CLEANING_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Components:
    """For the controllers."""

    settings: AuthSettings
    passwords: Passwords
    access_tokens: AccessTokens


def signing_key(settings: AuthSettings) -> SigningKey:
    """The issuer verifies tokens with its own key instead of asking itself over HTTP."""
    return SigningKey(settings)


@asynccontextmanager
async def compose(runtime: Runtime[AuthSettings]) -> AsyncIterator[Components]:
    """Makes the components and the first ADMIN."""
    key: Any = runtime.keys
    components = Components(runtime.settings, Passwords(runtime.settings), AccessTokens(runtime.settings, key))
    await _ensure_admin(runtime, components)
    runtime.background.start("cleaning", lambda stopping: _clean(runtime, stopping))
    yield components


async def _ensure_admin(runtime: Runtime[AuthSettings], components: Components) -> None:
    settings = runtime.settings
    if not settings.admin_username:
        return
    async with runtime.database.unit_of_work() as work:
        accounts = AccountService(UserRepository(work.session), components.passwords, work)
        await accounts.ensure_admin(
            settings.admin_username, settings.admin_password.get_secret_value(), settings.admin_email
        )


async def _clean(runtime: Runtime[AuthSettings], stopping: asyncio.Event) -> None:
    """Forgets sessions and failures that are over."""
    while not await wait_for(stopping, CLEANING_SECONDS):
        async with runtime.database.unit_of_work() as work:
            now = utc_now()
            await SessionRepository(work.session).forget_ended(now - timedelta(days=7))
            await BackoffRepository(work.session).forget(now - timedelta(days=1))
