"""The code blocks of `services/README.md`, and its table of `services/common`.

python -m tests.support.services_readme    writes the table into the page
"""

from __future__ import annotations

import ast
import importlib
import re
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import services

ROOT = Path(__file__).parents[2]
README = ROOT / "services" / "README.md"
COMMON = ROOT / "services" / "common"
BEGIN, END = "<!-- made from the docstrings: python -m tests.support.services_readme -->", "<!-- end -->"
EXAMPLE = "services/waiting/"
"""Where the files of the example service are."""

_BLOCK = re.compile(r"(?:`(?P<path>services/[\w/]+\.py)`:\n)?[ ]*```python\n(?P<code>.*?)\n[ ]*```", re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A block of Python, and the file that the page names above it."""

    path: str | None
    code: str

    @property
    def is_example(self) -> bool:
        """Whether the block is a file of the example service."""
        return self.path is not None and self.path.startswith(EXAMPLE)


def blocks() -> list[Block]:
    """Returns the page's blocks of Python in their order."""
    found = _BLOCK.finditer(README.read_text(encoding="utf-8"))
    return [Block(block["path"], textwrap.dedent(block["code"]) + "\n") for block in found]


@contextmanager
def example_service(folder: Path) -> Iterator[ModuleType]:
    """Writes the example service below `folder`, makes it importable, and yields its `main` module."""
    for block in blocks():
        if block.is_example:
            assert block.path is not None
            file = folder / block.path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.code, encoding="utf-8")
    services.__path__.append(str(folder / "services"))
    try:
        yield importlib.import_module("services.waiting.main")
    finally:
        services.__path__.pop()
        for name in [name for name in sys.modules if name.startswith("services.waiting")]:
            del sys.modules[name]


def common_table() -> str:
    """Returns the table of the modules of `services/common`, with the first line of each docstring."""
    lines = ["| module | holds |", "|---|---|"]
    for path in sorted(COMMON.rglob("*.py")):
        name = path.relative_to(COMMON)
        if name.name != "__init__.py" and name.parts[0] != "migrations":
            docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
            assert docstring, f"{path} has no docstring"
            lines.append(f"| `{name}` | {docstring.splitlines()[0]} |")
    return "\n".join(lines)


def with_table(page: str) -> str:
    """Returns the page with the current table between its marks."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n\n{common_table()}\n\n{END}{after}"


if __name__ == "__main__":
    README.write_text(with_table(README.read_text(encoding="utf-8")), encoding="utf-8")
