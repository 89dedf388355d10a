"""Strong entity tags made of a resource's version, and clients' conditions on them (RFC 9110, section 13)."""

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
    """The tag of one version of a resource."""
    return f'"{version}"'


@dataclass(frozen=True, slots=True)
class Condition:
    """A parsed If-Match: `*`, or tags of which one must be the current."""

    tags: tuple[str, ...] | None

    @classmethod
    def parse(cls, header: str | None) -> Condition:
        """Raises BadRequest when it is neither `*` nor a list of tags. No header is no condition."""
        if header is None:
            return cls(None)
        if header.strip() == ANY:
            return cls((ANY,))
        if not _LIST.fullmatch(header):
            raise BadRequest("malformed-if-match", "If-Match is neither * nor a list of entity tags.")
        return cls(tuple(_EACH.findall(header)))

    def check(self, version: int) -> None:
        """Raises PreconditionFailed unless the resource's version is one that the client named.

        Comparison is strong (section 8.8.3.2): a weak tag never matches. `*` asks only that the resource exists.
        """
        if self.tags is None or ANY in self.tags or etag(version) in self.tags:
            return
        raise PreconditionFailed(None, "The resource has changed since it was read: read it again.")


def not_modified(request: Request, tag: str) -> Response | None:
    """304 when If-None-Match names the current version (compared weakly), else None."""
    header = request.headers.get("if-none-match")
    if header is None:
        return None
    named = [name.removeprefix("W/") for name in _EACH.findall(header)]
    if header.strip() == ANY or tag in named:
        return Response(status_code=304, headers={"ETag": tag})
    return None
