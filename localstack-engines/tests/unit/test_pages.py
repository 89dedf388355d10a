"""The pages of this package name what exists: code blocks, links, and the generated support tables."""

import ast
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/**/*.md"))
BLOCK = re.compile(r"^( *)```(\w+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]+\]\(([^)#\s]+)[^)]*\)")
SOURCE_PATH = re.compile(r"`((?:services|toolkit|cloudformation|gateway|network|bootstrap|core_types)/[\w/]+\.py)`")


def blocks(language: str) -> list[tuple[str, str]]:
    """Returns (page, code) of each fenced block in a language."""
    return [
        (page.name, textwrap.dedent(code))
        for page in PAGES
        for _, name, code in BLOCK.findall(page.read_text())
        if name == language
    ]


@pytest.mark.parametrize(("page", "code"), blocks("python"))
def test_python_blocks_compile_and_import_what_exists(page: str, code: str) -> None:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("localstack_engines"):
            defined = names_of(ROOT / "src" / Path(*node.module.split(".")))
            assert {alias.name for alias in node.names} <= defined, f"{page}: {ast.unparse(node)}"


def names_of(module: Path) -> set[str]:
    """Returns the top-level names of a module, and the modules of a package."""
    file = module.with_suffix(".py") if module.with_suffix(".py").exists() else module / "__init__.py"
    nodes = ast.parse(file.read_text()).body
    defined = {node.name for node in nodes if isinstance(node, ast.FunctionDef | ast.ClassDef)}
    targets = [target for node in nodes if isinstance(node, ast.Assign) for target in node.targets]
    defined |= {target.id for target in targets if isinstance(target, ast.Name)}
    return defined | {path.stem for path in module.glob("*.py")}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_source_paths_lead_to_files(page: Path) -> None:
    text = page.read_text()
    missing = [link for link in LINK.findall(text) if ":" not in link and not (page.parent / link).exists()]
    missing += [path for path in SOURCE_PATH.findall(text) if not (ROOT / "src" / "localstack_engines" / path).exists()]
    assert missing == []


def test_the_support_tables_are_those_of_the_code() -> None:
    done = subprocess.run([sys.executable, "scripts/support.py", "--check"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
