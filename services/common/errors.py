"""Errors that define the response: raised anywhere, and turned into problem+json (RFC 9457) or a gRPC status once.

`detail` is for the caller. It must not contain values of other people's records, and it is never logged.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Problem(Exception):
    """A response other than success. `code` is the end of the problem's type: `urn:pms:problem:<code>`."""

    status = 500
    title = "Internal Server Error"
    default_code = "internal"
    keeps_changes = False
    """Whether the transaction is committed anyway, for example to count a failed login."""

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
    """The token is missing or not valid. The response says how to authenticate (RFC 6750, section 3)."""

    status, title, default_code = 401, "Unauthorized", "unauthorized"

    def __init__(self, error: str | None = None, detail: str | None = None) -> None:
        challenge = 'Bearer realm="pms"' + (f', error="{error}"' if error else "")
        super().__init__(None, detail, headers={"WWW-Authenticate": challenge})


class Forbidden(Problem):
    """The caller is known, and is not allowed to do this."""

    status, title, default_code = 403, "Forbidden", "forbidden"


class NotFound(Problem):
    """The resource does not exist or is not visible to the caller. The response is the same."""

    status, title = 404, "Not Found"

    def __init__(self, what: str = "resource") -> None:
        super().__init__("not-found", f"There is no such {what}.")


class Conflict(Problem):
    """The state of the resource does not allow the change."""

    status, title, default_code = 409, "Conflict", "conflict"


class PreconditionFailed(Problem):
    """If-Match does not name the current version (RFC 9110, section 13.1.1)."""

    status, title, default_code = 412, "Precondition Failed", "stale-version"


class UnsupportedMediaType(Problem):
    """The body has another media type than the route takes. The header says which one it takes.

    For PATCH the header is Accept-Patch (RFC 5789, section 2.2).
    """

    status, title, default_code = 415, "Unsupported Media Type", "unsupported-media-type"

    def __init__(self, expected: str = "application/json", header: str = "Accept") -> None:
        super().__init__(None, f"The body must be {expected}.", headers={header: expected})


class Unprocessable(Problem):
    """The request is well-formed, but a value is not acceptable."""

    status, title, default_code = 422, "Unprocessable Content", "unprocessable"


class TooManyRequests(Problem):
    """Too many requests. The client may try again after `retry_after` seconds."""

    status, title, default_code = 429, "Too Many Requests", "too-many-requests"

    def __init__(self, detail: str | None = None, *, retry_after: int) -> None:
        super().__init__(None, detail, headers={"Retry-After": str(retry_after)})


class Unavailable(Problem):
    """A dependency is not available. Nothing was changed, unless the detail says otherwise."""

    status, title, default_code = 503, "Service Unavailable", "unavailable"

    def __init__(self, detail: str | None = None, *, retry_after: int = 2, code: str | None = None) -> None:
        super().__init__(code, detail, headers={"Retry-After": str(retry_after)})


class Overloaded(Unavailable):
    """The service has more requests than it can answer. Nothing was begun."""

    def __init__(self) -> None:
        super().__init__("The service has too many requests at this moment.", retry_after=1)


class PoisonMessage(Exception):
    """An event that cannot be processed, however often it is tried. `reason` must not contain values of the event."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
