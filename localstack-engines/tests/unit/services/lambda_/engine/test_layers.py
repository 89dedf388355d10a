"""Layers are merged in their order, and are not changed by that."""

from pathlib import Path

import pytest

from localstack_engines.services.lambda_.engine.layers import merged_layers


@pytest.fixture(autouse=True)
def state(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("ENGINES_STATE_DIRECTORY", str(tmp_path / "state"))


def layer(directory: Path, content: dict[str, str]) -> Path:
    for name, text in content.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return directory


def test_a_file_of_a_later_layer_takes_precedence(tmp_path: Path) -> None:
    first = layer(tmp_path / "1", {"python/shared.py": "A = 1", "python/first.py": ""})
    second = layer(tmp_path / "2", {"python/shared.py": "A = 2", "bin/tool": "#!/bin/sh"})
    merged = merged_layers([first, second])
    assert (merged / "python/shared.py").read_text() == "A = 2"
    assert (merged / "python/first.py").exists()
    assert (merged / "bin/tool").exists()
    assert (first / "python/shared.py").read_text() == "A = 1"
    assert (merged_layers([second, first]) / "python/shared.py").read_text() == "A = 1"


def test_the_same_layers_are_merged_once(tmp_path: Path) -> None:
    only = layer(tmp_path / "1", {"python/module.py": ""})
    assert merged_layers([only]) == merged_layers([only])


def test_without_layers_the_directory_is_empty() -> None:
    assert list(merged_layers([]).iterdir()) == []
