"""Pages of list and describe operations. A token is the position of the next item."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True)
class Pager:
    """How one API spells its pages, and which error it gives for a token that it did not issue.

    `size` and `token` are the names of the request's members; the response carries the next token under the same name.
    """

    size: str
    token: str
    invalid_token: Callable[[str], Exception]
    default_size: int = 100

    def page(
        self, items: Sequence[Item], request: Mapping[str, Any], default_size: int | None = None
    ) -> tuple[list[Item], dict[str, str]]:
        """Returns the requested page and `{token: ...}` while there is more, else `{}`. Raises `invalid_token`."""
        token = str(request.get(self.token) or "0")
        if not (token.isascii() and token.isdigit()):
            raise self.invalid_token(token)
        start, size = int(token), int(request.get(self.size) or default_size or self.default_size)
        end = start + size
        return list(items[start:end]), {self.token: str(end)} if end < len(items) else {}
