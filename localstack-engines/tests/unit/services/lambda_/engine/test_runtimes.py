"""Which runtimes there are, and the commands and variables that run a function."""

import platform
import sys
from pathlib import Path

import pytest

from localstack_engines.services.lambda_.engine import node_runtime, runtimes
from localstack_engines.services.lambda_.engine.custom_runtime import NotRunnable

CODE, LAYERS = Path("/code"), Path("/layers")
OWN = f"python3.{sys.version_info.minor}"


@pytest.fixture(autouse=True)
def node(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_runtime, "version", lambda: "24.1.0")


def launch(runtime: str, code: Path = CODE, **environment: str) -> runtimes.Launch:
    return runtimes.launch(runtime, "app.handler", 128, code, LAYERS, environment)


@pytest.mark.parametrize("runtime", ["python3.8", OWN, "nodejs18.x", "nodejs24.x", "provided.al2023"])
def test_languages_and_programs_are_supported(runtime: str) -> None:
    assert runtimes.is_supported(runtime)


@pytest.mark.parametrize("runtime", ["java21", "ruby3.4", "dotnet8", "go1.x"])
def test_other_languages_are_not(runtime: str) -> None:
    assert not runtimes.is_supported(runtime)


def test_another_version_of_the_language_is_said() -> None:
    assert runtimes.substitution(OWN) is None
    assert runtimes.substitution("nodejs24.x") is None
    assert runtimes.substitution("provided") is None
    assert "python3.8; the local Lambda service runs it on Python 3." in str(runtimes.substitution("python3.8"))
    assert "nodejs18.x; the local Lambda service runs it on Node.js 24.1.0" in str(runtimes.substitution("nodejs18.x"))


def test_packages_come_from_the_code_then_from_layers_then_from_the_runtime() -> None:
    python = launch("python3.9").variables["PYTHONPATH"].split(":")
    assert python == ["/code", "/layers/python/lib/python3.9/site-packages", "/layers/python", "/var/runtime"]
    node = launch("nodejs20.x").variables["NODE_PATH"].split(":")
    assert node == [
        "/layers/nodejs/node20/node_modules",
        "/layers/nodejs/node_modules",
        "/var/runtime/node_modules",
    ]


def test_path_variables_of_the_function_come_first_with_its_directories_where_they_are() -> None:
    variables = launch("python3.12", PYTHONPATH="/opt/lib:/var/task/src:/srv", PATH="/opt").variables
    assert variables["PYTHONPATH"].startswith("/layers/lib:/code/src:/srv:/code:")
    assert variables["PATH"].startswith("/layers:/var/lang/bin:")


def test_node_gets_the_memory_of_the_function_unless_it_says_otherwise() -> None:
    assert "--max-old-space-size=115" in launch("nodejs22.x").command
    own = launch("nodejs22.x", NODE_OPTIONS="--max-old-space-size=64 --experimental-require-module").command
    assert not [flag for flag in own if "max-old" in flag or "require-module" in flag]


def program(directory: Path, content: bytes) -> Path:
    (directory / "bootstrap").write_bytes(content)
    return directory


def elf(machine: int) -> bytes:
    return b"\x7fELF" + bytes(14) + machine.to_bytes(2, "little")


def test_a_custom_runtime_runs_its_own_program(tmp_path: Path) -> None:
    own = {"x86_64": 0x3E, "aarch64": 0xB7}[platform.machine()]
    for content in (elf(own), b"#!/bin/sh\n"):
        assert launch("provided.al2", program(tmp_path, content)).command == [str(tmp_path / "bootstrap")]


@pytest.mark.parametrize("content", [elf(0xF3), b"echo"])
def test_a_program_for_another_machine_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(NotRunnable):
        launch("provided.al2", program(tmp_path, content))


def test_a_missing_program_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotRunnable, match="bootstrap"):
        launch("provided.al2", tmp_path)
