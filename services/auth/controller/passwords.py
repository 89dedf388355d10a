"""The HTTP interface of passwords."""

from __future__ import annotations

from typing import Annotated

from services.auth.composition import password_service
from services.auth.dto import PasswordChangeIn, SignOutEverywhereIn
from services.auth.service.passwords import PasswordService
from services.common.web.client_address import ClientAddress
from services.common.web.dependencies import service
from services.common.web.routing import router as make_router

router = make_router("/auth", tags=["passwords"])
OwnPassword = Annotated[PasswordService, service(password_service)]


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
