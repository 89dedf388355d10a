"""What several services of accounts refuse in the same way."""

from __future__ import annotations

from services.auth.password_rules import weakness
from services.common.errors import Unauthorized, Unprocessable


def refuse_weak(password: str, *, username: str, email: str, full_name: str | None, pointer: str) -> None:
    """Raises Unprocessable for a password that is guessed first. `pointer` is its place in the request."""
    mailbox = email.partition("@")[0]
    reason = weakness(password, (username, mailbox, full_name or ""))
    if reason is not None:
        fault = {"pointer": pointer, "code": "weak-password", "detail": reason}
        raise Unprocessable("weak-password", reason, errors=[fault])


def no_account() -> Unauthorized:
    """Returns the error for a token whose account is disabled, or whose session was ended."""
    return Unauthorized("invalid_token", "There is no active account for this token.")
