"""What pages link to or name exists, and so do the pages that sources name. Failures say file and line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ops.settings import ROOT
from tests.unit.docs.commands import ENDINGS, GENERATED
from tests.unit.docs.pages import anchors, example_folder, folders_of, inline_code, links, pages, place

_EXTERNAL = re.compile(r"^[a-z]+:")
_PATH = re.compile(r"^[\w*-][\w.*-]*(/[\w.*-]+)*/?$")
_PAGE_IN_SOURCE = re.compile(r"(?<![\w/.])(?:docs|localstack-engines/docs)/[\w/.-]+\.md\b")
SOURCES = ("cdk_app", "ops", "services", "tests", "localstack-engines", "images", "lambda_layers/build.py", "Makefile")
SHORT = (ROOT / "tests", ROOT / "services", ROOT / "services" / "common")
TEXTS = {"", ".py", ".sh", ".toml", ".yml", ".proto", ".in"}


def test_links_lead_to_pages_and_headings() -> None:
    faults = []
    for page in pages():
        for line, target in links(page):
            if not _EXTERNAL.match(target):
                path, _, anchor = target.partition("#")
                file = (page.parent / path).resolve() if path else page
                if not file.exists():
                    faults.append(f"{line.place}: there is no {target}")
                elif anchor and anchor not in anchors(file):
                    faults.append(f"{line.place}: {path or 'this page'} has no heading #{anchor}")
    assert not faults, "\n" + "\n".join(faults)


def test_paths_in_pages_exist() -> None:
    """A page may leave out `tests/`, `services/` and `services/common/` before a path."""
    faults = []
    for page in pages():
        folders, example = [*folders_of(page), *SHORT], example_folder(page)
        for line, text in inline_code(page):
            path = text.partition("::")[0]
            if example and path.startswith(example):
                continue
            if _is_path(path) and not any(_exists(folder, path) for folder in folders):
                faults.append(f"{line.place}: there is no {path}")
    assert not faults, "\n" + "\n".join(faults)


def _is_path(text: str) -> bool:
    if not _PATH.match(text) or "/" not in text.rstrip("/") or Path(text).parts[0] in GENERATED:
        return False
    return text.endswith("/") or Path(text).suffix in ENDINGS


def _exists(folder: Path, path: str) -> bool:
    return any(folder.glob(path.rstrip("/"))) if "*" in path else (folder / path).exists()


def test_pages_that_sources_name_exist() -> None:
    faults = [
        f"{place(file, number)}: there is no {name}"
        for file in _source_files()
        for number, text in enumerate(file.read_text().splitlines(), start=1)
        for name in _PAGE_IN_SOURCE.findall(text)
        if not any((folder / name).exists() for folder in folders_of(file))
    ]
    assert not faults, "\n" + "\n".join(faults)


def _source_files() -> Iterator[Path]:
    for name in SOURCES:
        root = ROOT / name
        for file in [root] if root.is_file() else sorted(root.rglob("*")):
            if file.is_file() and file.suffix in TEXTS and not {"__pycache__", "build"} & set(file.parts):
                yield file
