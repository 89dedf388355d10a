"""Signing in, staying signed in, signing out."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Response

from services.auth.composition import Components
from services.auth.dto import Login, RefreshRequest, Tokens
from services.auth.service.sessions import SessionService, SignedIn
from services.common.web.dependencies import Uow, component
from services.common.web.routing import router as make_router

router = make_router("/auth", tags=["sessions"])
Parts = Annotated[Components, component(Components)]


def _service(parts: Parts, work: Uow) -> SessionService:
    return SessionService(parts.settings, parts.passwords, parts.access_tokens, work)


Sessions = Annotated[SessionService, Depends(_service)]


@router.post("/login")
async def login(credentials: Login, sessions: Sessions, parts: Parts) -> Tokens:
    """Access and refresh token for username and password. After repeated failures 429 with Retry-After."""
    return _answer(await sessions.sign_in(credentials.username, credentials.password), parts)


@router.post("/refresh")
async def refresh(request: RefreshRequest, sessions: Sessions, parts: Parts) -> Tokens:
    """Exchanges a refresh token for new tokens. A token that is used twice ends its session."""
    return _answer(await sessions.refresh(request.refresh_token), parts)


@router.post("/logout", status_code=204)
async def logout(request: RefreshRequest, sessions: Sessions) -> Response:
    """Ends the session of a refresh token. Access tokens run out within 15 minutes."""
    await sessions.sign_out(request.refresh_token)
    return Response(status_code=204)


def _answer(signed_in: SignedIn, parts: Components) -> Tokens:
    return Tokens(
        access_token=signed_in.access_token,
        refresh_token=signed_in.refresh_token,
        scope=signed_in.scope,
        expires_in=parts.settings.access_token_seconds,
    )
