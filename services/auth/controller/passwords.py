"""The HTTP interface of passwords."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Response

from services.auth.composition import password_reset_service, password_service
from services.auth.controller.callers import present_principal, requires_present
from services.auth.dto import PasswordChangeIn, PasswordResetConfirmIn, PasswordResetIn, SignOutEverywhereIn
from services.auth.service.password_resets import PasswordResetService
from services.auth.service.passwords import PasswordService
from services.common.web.client_address import ClientAddress
from services.common.web.dependencies import service
from services.common.web.routing import router as make_router
from services.common.web.security import no_principal
from services.contracts.roles import Scope

router = make_router("/auth", tags=["passwords"])
WRITE = requires_present(Scope.USERS_WRITE)
OwnPassword = Annotated[PasswordService, service(password_service)]
Forgotten = Annotated[PasswordResetService, service(password_reset_service, no_principal)]
Resets = Annotated[PasswordResetService, service(password_reset_service, present_principal)]


@router.post("/password", status_code=204, summary="Change your own password")
async def change_password(body: PasswordChangeIn, passwords: OwnPassword, address: ClientAddress) -> None:
    """All other sessions end. The one of the access token goes on.

    403 `wrong-password` when the present password is wrong; after repeated failures 429 with Retry-After, as for a
    sign-in. 422 with the reason for a new password that is guessed first.
    """
    await passwords.change(body.present_password, body.new_password, address)


@router.post("/logout-all", status_code=204, summary="Sign out everywhere")
async def sign_out_everywhere(body: SignOutEverywhereIn, passwords: OwnPassword) -> None:
    """Ends all sessions of the account, or all others.

    Their access tokens end at once here, elsewhere within 15 minutes.
    """
    await passwords.sign_out_everywhere(keep_present=body.keep_present)


@router.post("/password-reset", status_code=202, response_class=Response, summary="Ask for a code for a new password")
async def request_reset(body: PasswordResetIn, resets: Forgotten, address: ClientAddress) -> None:
    """A code is sent to the e-mail address of the account, if there is such an account. The answer is always the same.

    The code is valid for half an hour, and a newer one replaces it. Within a minute nobody gets a second one. 429 with
    Retry-After after repeated requests.
    """
    await resets.request(body.account, address)


@router.post("/password-reset/confirm", status_code=204, summary="Set a new password with a code")
async def confirm_reset(body: PasswordResetConfirmIn, resets: Forgotten, address: ClientAddress) -> None:
    """All sessions of the account end. The code can be used once.

    422 `invalid-code` for a code that is wrong, used, replaced or expired; after repeated failures 429 with
    Retry-After. 422 with the reason for a password that is guessed first: the code stays valid.
    """
    await resets.confirm(body.account, body.code, body.new_password, address)


@router.post(
    "/users/{id}/password-reset",
    status_code=202,
    response_class=Response,
    dependencies=[WRITE],
    summary="Send a user a code for a new password",
)
async def request_reset_for(id: UUID, resets: Resets) -> None:
    """The code is sent to the user's e-mail address, and the ADMIN does not get it.

    Until it is used, password and sessions stay as they are. 409 when the account is disabled.
    """
    await resets.send_for(id)
