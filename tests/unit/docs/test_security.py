"""`docs/security.md` names an answer to each attack, and exactly the tests of it."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from ops.settings import ROOT

ATTACKS = range(1, 30)
ROW = re.compile(r"\| (\d+) \|[^|]+\|[^|]+\|([^|]+)\|([^|]+)\|")
DEPLOYED = "e2e/"  # these tests attack the deployed system


def marked() -> dict[int, set[str]]:
    """Returns, by attack, the files that have tests with its mark; those of the plugin with their whole path."""
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
    """Returns, by attack, the files that its row names."""
    rows = ROW.findall((ROOT / "docs" / "security.md").read_text())
    return {int(number): set(re.findall(r"`([^`]+\.py)`", above + below)) for number, above, below in rows}


def test_every_attack_is_tried_on_the_deployed_system() -> None:
    tried = {number for number, files in marked().items() if any(file.startswith(DEPLOYED) for file in files)}
    assert tried == set(ATTACKS)


def test_the_page_names_exactly_the_tests() -> None:
    assert documented() == marked()
