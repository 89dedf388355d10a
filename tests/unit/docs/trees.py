"""Parses blocks that show a tree of files: a folder on the first line, and its contents indented below."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ENTRY = re.compile(r"^(?P<indent>[ │├└─|`-]*)(?P<name>[\w.<>*-][\w.<>*/-]*)")
_PLACEHOLDER = re.compile(r"<[^>]+>")


def is_tree(code: str) -> bool:
    """Returns whether the block's first line is a folder."""
    return bool(re.match(r"[\w.<>*/-]+/(\s|$)", code))


def entries(code: str) -> Iterator[tuple[int, str]]:
    """Returns line and path of each entry, as a pattern: `<service>` is any name."""
    folders: list[tuple[int, str]] = []
    for number, text in enumerate(code.splitlines(), start=1):
        entry = _ENTRY.match(text)
        if entry is None:
            continue
        indent, name = len(entry["indent"]), _PLACEHOLDER.sub("*", entry["name"])
        while folders and folders[-1][0] >= indent:
            folders.pop()
        yield number, ("".join(folder for _, folder in folders) + name).rstrip("/")
        if name.endswith("/"):
            folders.append((indent, name))
