"""The checks of code blocks find what is wrong, and nothing else."""

from pathlib import Path

import pytest

from ops.settings import ROOT
from tests.unit.docs import commands, imports, pages, trees

README = ROOT / "README.md"


@pytest.mark.parametrize(
    "command",
    [
        "make up && make down up",
        "make test ARGS='tests/unit -k name'   # some",
        "make logs SERVICE=localstack",
        'make audit SERVICE=patient ARGS="patient 01a2/3"',
        "echo 'select 1' | make psql SERVICE=patient",
        ". ops/activate\ncdklocal deploy pms-services --exclusively",
        ".venv/bin/python -m pytest tests/unit/docs/test_checkers.py::test_a_fault_is_found -q",
        'A=1 curl -sS \\\n  "http://localhost:4566/docs/x.md" -d "two\nlines"',
    ],
)
def test_commands_that_exist_have_no_fault(command: str) -> None:
    assert list(commands.faults(README, command)) == []


@pytest.mark.parametrize(
    ("command", "line", "cause"),
    [
        ("make up\nmake fly", 2, "the Makefile has no target fly"),
        ("make logs SERVICE=dentist", 1, "there is no service dentist"),
        ("make test ARGS='tests/none.py'", 1, "there is no tests/none.py"),
        ("true; frobnicate --all", 1, "there is no program frobnicate"),
        ("python -m ops.nothing", 1, "there is no module ops.nothing"),
        ("\n. ops/deactivate", 2, "there is no ./ops/deactivate"),
        ("cdklocal deploy pms-nothing", 1, "there is no stack pms-nothing"),
        ("cat \\\n tests/none.md", 1, "there is no tests/none.md"),
        ("pytest tests/unit/docs/test_checkers.py::test_x", 1, "tests/unit/docs/test_checkers.py has no test_x"),
    ],
)
def test_a_fault_is_found(command: str, line: int, cause: str) -> None:
    assert list(commands.faults(README, command)) == [(line, cause)]


@pytest.mark.parametrize(
    ("code", "causes"),
    [
        ("from ops.settings import ROOT\nimport json\nawait call(ROOT, ...)", []),
        ("from services.contracts import topics, events", []),
        ("from ops.settings import NOTHING", [(1, "ops.settings has no NOTHING")]),
        ("import json\nimport ops.nothing", [(2, "there is no module ops.nothing")]),
        ("from no_such_package import name", [(1, "there is no module no_such_package")]),
        ("def f(a, ...): pass", [(1, "does not compile: invalid syntax")]),
    ],
)
def test_imports_of_a_block_are_resolved(code: str, causes: list[imports.Fault]) -> None:
    assert list(imports.faults(code)) == causes


def test_a_tree_names_its_files() -> None:
    code = "src/\n  services/       packages\n    <service>/\n      store.py    state\n  toolkit/\n"
    assert trees.is_tree(code)
    assert [path for _, path in trees.entries(code)] == [
        "src",
        "src/services",
        "src/services/*",
        "src/services/*/store.py",
        "src/toolkit",
    ]


def test_a_page_is_parsed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# A `code` [link](x.md)\n## Twice\n## Twice\n<!-- tested: it -->\n```bash\n# no heading\n```\n`a/b.py`\n"
    )
    assert pages.anchors(page) == {"a-code-link", "twice", "twice-1"}
    assert [(block.language, block.code, block.mark, block.number) for block in pages.blocks(page)] == [
        ("bash", "# no heading\n", "tested: it", 5)
    ]
    assert [target for _, target in pages.links(page)] == ["x.md"]
    assert [text for _, text in pages.inline_code(page)] == ["code", "a/b.py"]
