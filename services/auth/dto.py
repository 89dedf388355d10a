"""Requests and responses of the auth service."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from services.common.dto import RequestModel, response_model
from services.common.fields import Email, PersonName, SearchedEmail
from services.common.paging import PageRequest
from services.contracts.roles import Role

Username = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@+-]{2,63}$")]
NewPassword = Annotated[str, StringConstraints(min_length=8, max_length=128, strip_whitespace=False)]
"""At least 8 characters of any kind (NIST SP 800-63B, section 5.1.1.2). Spaces at the ends are part of it.
`password_rules.weakness` refuses those that are guessed first."""
GivenPassword = Annotated[str, StringConstraints(min_length=1, max_length=128, strip_whitespace=False)]
Token = Annotated[str, StringConstraints(min_length=20, max_length=200, pattern=r"^[\x21-\x7e]+$")]
Roles = Annotated[frozenset[Role], Field(min_length=1)]


class _WithPassword(RequestModel):
    """Keeps the spaces at the ends of a password. The setting of the model would override that of the field."""

    model_config = ConfigDict(str_strip_whitespace=False)


class RegistrationIn(_WithPassword):
    """A new account. Only an ADMIN may set `roles`; without them the account becomes a PATIENT's."""

    username: Username
    password: NewPassword
    email: Email
    full_name: PersonName | None = None
    roles: Roles | None = None


class LoginIn(_WithPassword):
    """Credentials. A username of any form is accepted, so the response is the same for all that do not exist."""

    username: Annotated[str, StringConstraints(min_length=1, max_length=254)]
    password: GivenPassword


class PasswordChangeIn(_WithPassword):
    """A new password, with the present one."""

    present_password: GivenPassword
    new_password: NewPassword


AccountName = Annotated[SearchedEmail, Field(min_length=1, description="The username or the e-mail address.")]
ResetCode = Annotated[str, StringConstraints(min_length=16, max_length=40, pattern=r"^[A-Za-z0-9 -]+$")]


class PasswordResetIn(RequestModel):
    """Whose password is forgotten. It may have any form, so the response is the same for all that do not exist."""

    account: AccountName


class PasswordResetConfirmIn(_WithPassword):
    """A new password, with the code that was sent. Case, hyphens and spaces of the code make no difference."""

    account: AccountName
    code: ResetCode
    new_password: NewPassword


class SignOutEverywhereIn(RequestModel):
    """Which sessions to end."""

    keep_present: bool = Field(strict=True, description="Whether the session of the access token goes on.")


class RefreshTokenIn(RequestModel):
    """A refresh token, to exchange it or to sign out."""

    refresh_token: Token


class UserChangeIn(RequestModel):
    """The fields to change. A field that is left out or null stays as it is."""

    roles: Roles | None = None
    disabled: bool | None = Field(default=None, strict=True)


class UserQuery(PageRequest):
    """The parameters of the list."""

    role: Role | None = None


@response_model
class UserOut:
    """An account, without its password."""

    id: UUID
    username: str
    email: str
    full_name: str | None
    roles: list[Role]
    disabled: bool
    version: int
    created_at: datetime
    updated_at: datetime


@response_model
class TokensOut:
    """An access token and a refresh token (RFC 6749, section 5.1)."""

    access_token: str
    expires_in: Annotated[int, Field(description="The lifetime of the access token in seconds.")]
    refresh_token: str
    scope: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a type, no secret
