"""Requests and responses of the auth service."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import ConfigDict, Field, StringConstraints

from services.common.dto import RequestModel, ResponseModel
from services.common.fields import Email, PersonName
from services.common.paging import PageRequest
from services.contracts.roles import Role

Username = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@+-]{2,63}$")]
# As typed: spaces at the ends belong to it. NIST SP 800-63B, 5.1.1.2: at least 8, no rules of composition.
NewPassword = Annotated[str, StringConstraints(min_length=8, max_length=128, strip_whitespace=False)]
GivenPassword = Annotated[str, StringConstraints(min_length=1, max_length=128, strip_whitespace=False)]
Token = Annotated[str, StringConstraints(min_length=20, max_length=200, pattern=r"^[\x21-\x7e]+$")]
Roles = Annotated[frozenset[Role], Field(min_length=1)]


class _WithPassword(RequestModel):
    """The model's own stripping would win over the field's."""

    model_config = ConfigDict(str_strip_whitespace=False)


class Registration(_WithPassword):
    """A new account. Only an ADMIN may give `roles`; anyone else becomes a PATIENT."""

    username: Username
    password: NewPassword
    email: Email
    full_name: PersonName | None = None
    roles: Roles | None = None


class Login(_WithPassword):
    """Credentials. Any username is looked up, so that a malformed one is told apart from an unknown one by nothing."""

    username: Annotated[str, StringConstraints(min_length=1, max_length=254)]
    password: GivenPassword


class RefreshRequest(RequestModel):
    """A refresh token, to be exchanged or given up."""

    refresh_token: Token


class UserChange(RequestModel):
    """What an ADMIN changes; what is absent or null stays."""

    roles: Roles | None = None
    disabled: bool | None = Field(default=None, strict=True)


class UserQuery(PageRequest):
    """Filters of the list."""

    role: Role | None = None


class UserOut(ResponseModel):
    """An account, without anything secret."""

    id: UUID
    username: str
    email: str
    full_name: str | None
    roles: list[Role]
    disabled: bool
    version: int
    created_at: datetime
    updated_at: datetime


class Tokens(ResponseModel):
    """The answer of a token endpoint (RFC 6749, section 5.1)."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a type, no secret
    expires_in: int = Field(description="Seconds.")
    refresh_token: str
    scope: str
