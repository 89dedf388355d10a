"""Layers as /opt: merged in order, without touching the layers themselves."""

from pathlib import Path

import pytest

from localstack_engines.services.lambda_.engine import layers as files


@pytest.fixture(autouse=True)
def state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ENGINES_STATE_DIRECTORY", str(tmp_path / "state"))


def layer(directory: Path, content: dict[str, str]) -> Path:
    for name, text in content.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return directory


def test_a_later_layers_file_wins(tmp_path: Path) -> None:
    first = layer(tmp_path / "1", {"python/shared.py": "A = 1", "python/first.py": ""})
    second = layer(tmp_path / "2", {"python/shared.py": "A = 2", "bin/tool": "#!/bin/sh"})
    merged = files.merged_layers([first, second])
    assert (merged / "python/shared.py").read_text() == "A = 2"
    assert (merged / "python/first.py").exists()
    assert (merged / "bin/tool").exists()
    assert (first / "python/shared.py").read_text() == "A = 1"
    assert (files.merged_layers([second, first]) / "python/shared.py").read_text() == "A = 1"


def test_the_same_layers_are_merged_once(tmp_path: Path) -> None:
    only = layer(tmp_path / "1", {"python/module.py": ""})
    assert files.merged_layers([only]) == files.merged_layers([only])


def test_no_layers_are_an_empty_directory() -> None:
    assert list(files.merged_layers([]).iterdir()) == []


def test_the_functions_own_code_comes_before_layers_and_the_runtime(tmp_path: Path) -> None:
    paths = files.search_paths(tmp_path / "code", tmp_path / "opt")["PYTHONPATH"].split(":")
    assert paths[0] == str(tmp_path / "code")
    assert paths[-1] == "/var/runtime"
    assert str(tmp_path / "opt/python") in paths
