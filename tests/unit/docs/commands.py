"""Checks that the commands of a bash block exist: programs, make targets, modules, paths, services, stacks."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

from ops.settings import NODE_BIN, ROOT, VENV_BIN
from tests.unit.docs.imports import Fault, is_module
from tests.unit.docs.pages import PLUGIN, folders_of

SYSTEM = {
    *(
        "cd",
        "cat",
        "docker",
        "echo",
        "exec",
        "export",
        "git",
        "grep",
        "curl",
        "pip",
        "python3",
        "sleep",
        "source",
        "tail",
    ),
    *("head", "sort", "wc", "jq", "psql", "sed", "awk", "mkdir", "rm", "cp", "true", "uv", "apt-get"),
}
"""Programs of the system that a page may use."""
PYTHONS = {"python", "python3", ".venv/bin/python"}
ENDINGS = {".py", ".md", ".sh", ".yml", ".yaml", ".toml", ".json", ".txt", ".in", ".proto", ".lua", ".cfg"}
GENERATED = {".venv", ".state", "node_modules", "cdk.out"}
"""Folders of the repository that are not in it before something was run."""

_TARGET = re.compile(r"^([a-z][a-z-]*):", re.MULTILINE)
_ASSIGNMENT = re.compile(r"^[A-Za-z_]\w*=")
_SEPARATOR = re.compile(r"^[;&|()]+$")
_PROMPT_KEYWORDS = {"do", "then", "else", "if", "while", "until", "!", "{", "time"}


def faults(page: Path, code: str) -> Iterator[Fault]:
    """Returns line and cause of each thing in the block that does not exist."""
    for number, line in _logical_lines(code):
        for command in _simple_commands(line):
            yield from ((number, cause) for cause in _faults_of(page, command))


def _logical_lines(code: str) -> Iterator[tuple[int, str]]:
    """Yields each command, which may have several lines, and the number of its first line."""
    waiting, started = "", 0
    for number, text in enumerate(code.splitlines(), start=1):
        started = started if waiting else number
        waiting += text.removesuffix("\\") + ("" if text.endswith("\\") else "\n")
        if text.endswith("\\"):
            continue
        try:
            shlex.split(waiting, comments=True)
        except ValueError:  # the quotation continues on the next line
            continue
        yield started, waiting
        waiting = ""
    if waiting:
        yield started, waiting


def _simple_commands(line: str) -> Iterator[list[str]]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    words: list[str] = []
    for word in [*lexer, ";"]:
        if not _SEPARATOR.match(word):
            words.append(word)
            continue
        while words and (words[0] in _PROMPT_KEYWORDS or _ASSIGNMENT.match(words[0])):
            words.pop(0)
        if words and words[0] not in {"for", "done", "fi", "}", "$"}:
            yield words
        words = []


def _faults_of(page: Path, words: list[str]) -> Iterator[str]:
    program, *arguments = words
    if program == "make":
        yield from _make_faults(page, arguments)
        return
    if program in {".", "source"}:
        yield from _path_faults(page, [f"./{arguments[0]}"])
        return
    if not _is_program(page, program):
        yield f"there is no program {program}"
    if program in PYTHONS and "-m" in arguments:
        module = arguments[arguments.index("-m") + 1]
        if not is_module(module):
            yield f"there is no module {module}"
    if program in {"cdk", "cdklocal"}:
        yield from (
            f"there is no stack {word}" for word in arguments if word.startswith("pms-") and not _is_stack(word)
        )
    if program != "cd":
        yield from _path_faults(page, arguments)


def _is_program(page: Path, program: str) -> bool:
    if "/" in program:
        return any((folder / program).is_file() for folder in folders_of(page))
    return program in SYSTEM or any((folder / program).exists() for folder in (VENV_BIN, NODE_BIN))


def _make_faults(page: Path, arguments: list[str]) -> Iterator[str]:
    own = PLUGIN / "Makefile"
    makefile = own if page.is_relative_to(PLUGIN) and own.exists() else ROOT / "Makefile"
    targets = set(_TARGET.findall(makefile.read_text()))
    for word in arguments:
        name, assigned, value = word.partition("=")
        if not assigned:
            if not word.startswith("-") and word not in targets:
                yield f"the Makefile has no target {word}"
        elif name == "SERVICE" and value != "localstack" and not (ROOT / "services" / value).is_dir():
            yield f"there is no service {value}"
        elif name == "ARGS" and "test" in arguments:
            yield from _path_faults(page, shlex.split(value))


def _path_faults(page: Path, words: list[str]) -> Iterator[str]:
    """Returns the faults of words that are paths of the repository, and of a test's name after pytest's `::`."""
    for word in words:
        path, _, test = word.partition("::")
        if not _looks_like_a_path(path) or Path(path).parts[0] in GENERATED:
            continue
        found = [folder / path for folder in folders_of(page) if (folder / path).exists()]
        if not found:
            yield f"there is no {path}"
        elif test and f"def {test.partition('[')[0].rpartition('::')[2] or test}(" not in found[0].read_text():
            yield f"{path} has no {test}"


def _looks_like_a_path(word: str) -> bool:
    if word.startswith(("-", "/", "~")) or re.search(r"[$<>:=,{}\s*'\"]", word):
        return False
    return Path(word).suffix in ENDINGS or ("/" in word and (ROOT / Path(word).parts[0]).exists())


def _is_stack(name: str) -> bool:
    return (ROOT / "cdk_app" / "stacks" / f"{name.removeprefix('pms-')}.py").is_file()
