"""Parses the repository's Markdown pages: fenced blocks, links, headings, and paths in inline code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ops.settings import ROOT

PLUGIN = ROOT / "localstack-engines"
FOLDERS = ("docs", "services", "localstack-engines")
_NOT_OURS = {"node_modules", "build", ".venv", "__pycache__"}

_FENCE = re.compile(r"^(?P<indent>\s*)(?P<fence>`{3,})(?P<language>[\w+-]*)\s*$")
_MARK = re.compile(r"^\s*<!-- (?P<mark>.+?) -->\s*$")
_LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
_INLINE_CODE = re.compile(r"`([^`]+)`")
_FILE_NAME = re.compile(r"^\s*`(?P<path>[\w./-]+\.py)`:$")
_HEADING = re.compile(r"^#{1,6}\s+(?P<text>.+?)\s*$")


@dataclass(frozen=True)
class Line:
    """A line of a page, outside of its fenced blocks."""

    page: Path
    number: int
    text: str

    @property
    def place(self) -> str:
        """File and line, as editors and terminals understand them."""
        return place(self.page, self.number)


@dataclass(frozen=True)
class Block:
    """A fenced block. `mark` is the text of the HTML comment before it, empty without one."""

    page: Path
    number: int
    language: str
    code: str
    mark: str

    def place(self, offset: int = 1) -> str:
        """File and line of the block's line `offset`, which counts from 1."""
        return place(self.page, self.number + offset)


def place(page: Path, number: int) -> str:
    """File and line, relative to the repository."""
    return f"{page.relative_to(ROOT)}:{number}"


def pages() -> list[Path]:
    """Returns all Markdown pages of the repository."""
    found = list(ROOT.glob("*.md"))
    for folder in FOLDERS:
        found += [page for page in (ROOT / folder).rglob("*.md") if not _NOT_OURS & set(page.parts)]
    return sorted(found)


def blocks(page: Path) -> Iterator[Block]:
    """Returns the page's fenced blocks, without their indentation."""
    opened: re.Match[str] | None = None
    mark, before, started = "", "", 0
    code: list[str] = []
    for number, text in enumerate(page.read_text().splitlines(), start=1):
        fence = _FENCE.match(text)
        if opened is None and fence:
            comment = _MARK.match(before)
            opened, started, code, mark = fence, number, [], comment["mark"] if comment else ""
        elif opened is not None and fence and fence["fence"] == opened["fence"] and not fence["language"]:
            yield Block(page, started, opened["language"], "\n".join(code) + "\n", mark)
            opened = None
        elif opened is not None:
            code.append(text.removeprefix(opened["indent"]))
        if text.strip():
            before = text
    assert opened is None, f"{place(page, started)}: the block has no end"


def prose(page: Path) -> Iterator[Line]:
    """Returns the page's lines outside of fenced blocks."""
    opened = ""
    for number, text in enumerate(page.read_text().splitlines(), start=1):
        fence = _FENCE.match(text)
        if fence and not opened:
            opened = fence["fence"]
        elif fence and fence["fence"] == opened:
            opened = ""
        elif not opened:
            yield Line(page, number, text)


def example_folder(page: Path) -> str | None:
    """Returns the folder of the example that the page asks its reader to write, for instance `services/waiting/`.

    Such a page names each file in a line of its own before the block with its content. For other pages it is None.
    """
    named = (match["path"] for line in prose(page) if (match := _FILE_NAME.match(line.text)))
    return next((f"{Path(path).parent}/" for path in named if not (ROOT / path).exists()), None)


def links(page: Path) -> Iterator[tuple[Line, str]]:
    """Returns the targets of the page's links."""
    for line in prose(page):
        for match in _LINK.finditer(_INLINE_CODE.sub("`code`", line.text)):
            yield line, match["target"]


def inline_code(page: Path) -> Iterator[tuple[Line, str]]:
    """Returns what the page writes in single backticks."""
    for line in prose(page):
        for text in _INLINE_CODE.findall(line.text):
            yield line, text


def anchors(page: Path) -> set[str]:
    """Returns the anchors of the page's headings, as GitHub makes them."""
    found: set[str] = set()
    for line in prose(page):
        heading = _HEADING.match(line.text)
        if heading:
            anchor = base = _anchor(heading["text"])
            number = 0
            while anchor in found:
                number += 1
                anchor = f"{base}-{number}"
            found.add(anchor)
    return found


def _anchor(heading: str) -> str:
    text = _LINK.sub(lambda match: match.group().partition("]")[0][1:], heading)
    return re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")


def folders_of(page: Path) -> list[Path]:
    """Returns the folders that a page's paths may be relative to: its own, its package's, the repository's.

    A page about all services may name what is in each of them: `control/reconciler.py`.
    """
    if not page.is_relative_to(PLUGIN):
        return [page.parent, ROOT]
    sources = PLUGIN / "src" / "localstack_engines"
    services = sorted(folder for folder in (sources / "services").iterdir() if folder.is_dir())
    return [page.parent, PLUGIN, PLUGIN / "src", sources, *services, ROOT]
