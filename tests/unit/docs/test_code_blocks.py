"""Every fenced block of every page is run, compared, or checked for what it names. Failures say file and line."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import yaml

from ops.look import urls
from ops.settings import ROOT
from tests.unit.docs import commands, imports, trees
from tests.unit.docs.pages import Block, blocks, example_folder, folders_of, pages

BLOCKS = [block for page in pages() for block in blocks(page)]
RUN = "tested: "
"""This mark precedes the name of a block of the README that the end-to-end tests run."""
PRINTED = "printed by: "
"""This mark precedes the command whose output a block shows."""
DIAGRAMS = ("flowchart", "sequenceDiagram", "stateDiagram-v2", "classDiagram", "erDiagram")
PARSERS: dict[str, Callable[[str], Any]] = {"json": json.loads, "yaml": yaml.safe_load, "toml": tomllib.loads}
LANGUAGES = {"bash", "python", "mermaid", "text", *PARSERS}


def of(*languages: str) -> Iterator[Block]:
    return (block for block in BLOCKS if block.language in languages)


def said(faults: list[str]) -> str:
    return "\n" + "\n".join(faults)


def test_every_block_says_its_language() -> None:
    faults = [
        f"{block.place(0)}: language {block.language!r} is none of {', '.join(sorted(LANGUAGES))}"
        for block in BLOCKS
        if block.language not in LANGUAGES
    ]
    assert not faults, said(faults)


def test_bash_blocks_are_bash() -> None:
    faults = []
    for block in of("bash"):
        checked = subprocess.run(["bash", "-n"], input=block.code, capture_output=True, text=True, check=False)
        if checked.returncode:
            faults.append(f"{block.place()}: {checked.stderr.strip()}")
    assert not faults, said(faults)


def test_only_the_readme_marks_blocks_as_tested() -> None:
    """Nothing runs the blocks of the other pages."""
    faults = [
        f"{block.place(0)}: no test runs the blocks of this page"
        for block in BLOCKS
        if block.mark.startswith(RUN) and (block.page != ROOT / "README.md" or block.language != "bash")
    ]
    assert not faults, said(faults)


def test_commands_that_are_not_run_exist() -> None:
    faults = [
        f"{block.place(line)}: {cause}"
        for block in of("bash")
        if not block.mark.startswith(RUN)
        for line, cause in commands.faults(block.page, block.code)
    ]
    assert not faults, said(faults)


def test_python_blocks_compile_and_their_imports_resolve() -> None:
    faults = [
        f"{block.place(line)}: {cause}"
        for block in of("python")
        for line, cause in imports.faults(block.code, example=example_folder(block.page))
    ]
    assert not faults, said(faults)


def test_data_blocks_parse() -> None:
    faults = []
    for block in of(*PARSERS):
        try:
            PARSERS[block.language](block.code)
        except ValueError as error:
            faults.append(f"{block.place()}: {error}")
        except yaml.YAMLError as error:
            faults.append(f"{block.place()}: {error}")
    assert not faults, said(faults)


def test_diagrams_have_a_known_type() -> None:
    faults = [block.place() for block in of("mermaid") if not block.code.lstrip().startswith(DIAGRAMS)]
    assert not faults, said(faults)


def test_text_blocks_are_trees_of_files_or_say_what_prints_them() -> None:
    faults = [
        f"{block.place(0)}: say <!-- {PRINTED}... --> and test it here"
        for block in of("text")
        if not trees.is_tree(block.code) and block.mark.removeprefix(PRINTED) not in OUTPUTS
    ]
    assert not faults, said(faults)


def test_trees_show_files_that_exist() -> None:
    faults = [
        f"{block.place(line)}: there is no {path}"
        for block in of("text")
        if trees.is_tree(block.code)
        for line, path in trees.entries(block.code)
        if not any(any(folder.glob(path)) for folder in folders_of(block.page))
    ]
    assert not faults, said(faults)


def pattern_of(template: str) -> str:
    """Returns a regular expression for what `str.format` makes of the template."""
    return re.sub(r"\\\{\w+\\\}", r".+", re.escape(template))


OUTPUTS = {"make up": pattern_of(urls.TEMPLATE)}


@pytest.mark.parametrize("command", OUTPUTS)
def test_output_that_a_page_shows_is_what_the_command_prints(command: str) -> None:
    shown = [block for block in of("text") if block.mark == PRINTED + command]
    assert shown, f"no page shows what {command} prints"
    for block in shown:
        assert re.fullmatch(OUTPUTS[command], block.code.rstrip("\n")), block.place()
