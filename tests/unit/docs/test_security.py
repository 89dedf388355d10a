"""docs/security.md promises an answer to each attack: it names exactly the tests that show it."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from ops.settings import ROOT

ATTACKS = range(1, 29)
ROW = re.compile(r"\| (\d+) \|[^|]+\|[^|]+\|([^|]+)\|([^|]+)\|")
RUNNING = "e2e/"  # whose tests attack the system as it is deployed


def marked() -> dict[int, set[str]]:
    """Attack -> test files with a test that is marked `attack` with its number; the plugin's with their whole path."""
    found: dict[int, set[str]] = defaultdict(set)
    for base, tests in ((ROOT / "tests", ROOT / "tests"), (ROOT, ROOT / "localstack-engines" / "tests")):
        for file in tests.rglob("test_*.py"):
            for number in _numbers(file):
                found[number].add(str(file.relative_to(base)))
    return found


def _numbers(file: Path) -> Iterator[int]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
            for mark in node.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.attack":
                    yield from (ast.literal_eval(number) for number in mark.args)


def documented() -> dict[int, set[str]]:
    """Attack -> the files that its row names."""
    rows = ROW.findall((ROOT / "docs" / "security.md").read_text())
    return {int(number): set(re.findall(r"`([^`]+\.py)`", above + below)) for number, above, below in rows}


def test_every_attack_is_tried_on_the_running_system() -> None:
    tried = {number for number, files in marked().items() if any(file.startswith(RUNNING) for file in files)}
    assert tried == set(ATTACKS)


def test_the_page_names_the_tests_there_are() -> None:
    assert documented() == marked()
