"""Errors that carry the answer: raised anywhere, written once as problem+json (RFC 9457) or as a gRPC status.

`detail` is for the caller and must not repeat values of other people's records; logs never carry it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Problem(Exception):
    """An answer other than success. `code` ends the problem's type: `urn:pms:problem:<code>`."""

    status = 500
    title = "Internal Server Error"
    default_code = "internal"
    keeps_changes = False
    """Whether the transaction is committed all the same: a refused login counts, a reused token ends its family."""

    def __init__(
        self,
        code: str | None = None,
        detail: str | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(code or self.default_code)
        self.code = code or self.default_code
        self.detail = detail
        self.headers = dict(headers or {})
        self.members = members


class BadRequest(Problem):
    """The request cannot be read."""

    status, title, default_code = 400, "Bad Request", "bad-request"


class Unauthorized(Problem):
    """No token, or not a good one; says how to authenticate (RFC 6750, section 3)."""

    status, title, default_code = 401, "Unauthorized", "unauthorized"

    def __init__(self, error: str | None = None, detail: str | None = None) -> None:
        challenge = 'Bearer realm="pms"' + (f', error="{error}"' if error else "")
        super().__init__(None, detail, headers={"WWW-Authenticate": challenge})


class Forbidden(Problem):
    """The caller is known and may not."""

    status, title, default_code = 403, "Forbidden", "forbidden"


class NotFound(Problem):
    """It does not exist, or not for this caller: the two answer alike."""

    status, title = 404, "Not Found"

    def __init__(self, what: str = "resource") -> None:
        super().__init__("not-found", f"There is no such {what}.")


class Conflict(Problem):
    """The state of the resource does not allow it."""

    status, title, default_code = 409, "Conflict", "conflict"


class PreconditionFailed(Problem):
    """If-Match names a version that is no longer current (RFC 9110, section 13.1.1)."""

    status, title, default_code = 412, "Precondition Failed", "stale-version"


class Unprocessable(Problem):
    """Well-formed, and wrong."""

    status, title, default_code = 422, "Unprocessable Content", "unprocessable"


class TooManyRequests(Problem):
    """Try again after `retry_after` seconds."""

    status, title, default_code = 429, "Too Many Requests", "too-many-requests"

    def __init__(self, detail: str | None = None, *, retry_after: int) -> None:
        super().__init__(None, detail, headers={"Retry-After": str(retry_after)})


class Unavailable(Problem):
    """Something this depends on is away; nothing was changed unless the detail says otherwise."""

    status, title, default_code = 503, "Service Unavailable", "unavailable"

    def __init__(self, detail: str | None = None, *, retry_after: int = 2, code: str | None = None) -> None:
        super().__init__(code, detail, headers={"Retry-After": str(retry_after)})


class Poison(Exception):
    """An event that will never be processed, however often it is tried. `reason` holds no values of the event."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
