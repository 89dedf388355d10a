"""Strong entity tags, made from a resource's version, and conditional requests (RFC 9110, section 13)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from fastapi import Request, Response

from services.common.errors import BadRequest, PreconditionFailed

_TAG = r'(?:W/)?"[\x21\x23-\x7e\x80-\xff]*"'
_LIST = re.compile(rf"\s*(?:,\s*)*{_TAG}(?:\s*,\s*(?:{_TAG})?)*\s*")
_EACH = re.compile(_TAG)
ANY = "*"


def etag(version: int) -> str:
    """Returns the entity tag of a version."""
    return f'"{version}"'


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed If-Match header: `*`, or a list of tags, one of which must be current."""

    tags: tuple[str, ...] | None

    @classmethod
    def parse(cls, header: str | None) -> Condition:
        """Parses the header. Without a header every version passes. Raises BadRequest for a malformed one."""
        if header is None:
            return cls(None)
        if header.strip() == ANY:
            return cls((ANY,))
        if not _LIST.fullmatch(header):
            raise BadRequest("malformed-if-match", "If-Match is neither * nor a list of entity tags.")
        return cls(tuple(_EACH.findall(header)))

    def check(self, version: int) -> None:
        """Raises PreconditionFailed unless the header names `version`.

        The comparison is strong (section 8.8.3.2): a weak tag never matches. `*` matches every existing resource.
        """
        if self.tags is None or ANY in self.tags or etag(version) in self.tags:
            return
        raise PreconditionFailed(None, "The resource has changed since it was read: read it again.")


def not_modified(request: Request, tag: str) -> Response | None:
    """Returns a 304 response when If-None-Match names `tag` (weak comparison), otherwise None."""
    header = request.headers.get("if-none-match")
    if header is None:
        return None
    named = [name.removeprefix("W/") for name in _EACH.findall(header)]
    if header.strip() == ANY or tag in named:
        return Response(status_code=304, headers={"ETag": tag})
    return None
