"""The HTTP interface of sessions: sign in, refresh, sign out."""

from __future__ import annotations

from typing import Annotated

from services.auth import mapper
from services.auth.composition import session_service
from services.auth.dto import LoginIn, RefreshTokenIn, TokensOut
from services.auth.service.sessions import SessionService
from services.common.web.client_address import ClientAddress
from services.common.web.dependencies import service
from services.common.web.routing import router as make_router
from services.common.web.security import no_principal

router = make_router("/auth", tags=["sessions"])
Sessions = Annotated[SessionService, service(session_service, no_principal)]


@router.post("/login", summary="Sign in")
async def login(body: LoginIn, sessions: Sessions, address: ClientAddress) -> TokensOut:
    """Returns an access token and a refresh token. 429 with Retry-After after repeated failures."""
    return mapper.tokens_out(await sessions.sign_in(body.username, body.password, address))


@router.post("/refresh", summary="Exchange a refresh token for new tokens")
async def refresh(body: RefreshTokenIn, sessions: Sessions) -> TokensOut:
    """A refresh token can be exchanged once. If it is presented again, its session ends."""
    return mapper.tokens_out(await sessions.refresh(body.refresh_token))


@router.post("/logout", status_code=204, summary="Sign out")
async def logout(body: RefreshTokenIn, sessions: Sessions) -> None:
    """Ends the session of the refresh token. Its access tokens end at once here, elsewhere within 15 minutes."""
    await sessions.sign_out(body.refresh_token)
