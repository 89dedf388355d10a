"""Files of layers below /opt, and files in /tmp."""

import os
from pathlib import Path

import pytest

from localstack_engines.services.lambda_.engine import literal_paths


@pytest.fixture
def opt(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    directory = tmp_path / "opt"
    directory.mkdir()
    monkeypatch.setattr(literal_paths, "OPT", directory)
    return directory


def layers(directory: Path, *names: str) -> Path:
    for name in names:
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_text(name)
    return directory


def test_a_layer_is_seen_at_its_literal_path(opt: Path, tmp_path: Path) -> None:
    merged = layers(tmp_path / "1", "awscli/aws", "config.json", "python/module.py")
    assert literal_paths.link_layers(merged) == []
    assert (opt / "awscli/aws").read_text() == "awscli/aws"
    assert (opt / "config.json").exists()
    assert not (opt / "python").exists()
    assert literal_paths.link_layers(merged) == []


def test_the_same_layer_of_two_functions_is_shared_and_another_one_is_said(opt: Path, tmp_path: Path) -> None:
    first = layers(tmp_path / "1", "tool/run")
    (tmp_path / "2/tool").mkdir(parents=True)
    os.link(first / "tool/run", tmp_path / "2/tool/run")
    assert literal_paths.link_layers(first) == []
    assert literal_paths.link_layers(tmp_path / "2") == []
    assert literal_paths.link_layers(layers(tmp_path / "3", "tool/run")) == ["tool"]


def test_a_link_of_an_earlier_run_is_replaced(opt: Path, tmp_path: Path) -> None:
    (opt / "tool").symlink_to(tmp_path / "gone")
    assert literal_paths.link_layers(layers(tmp_path / "1", "tool/run")) == []
    assert (opt / "tool/run").exists()


def test_only_the_users_files_are_removed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(literal_paths, "TEMPORARY", tmp_path)
    layers(tmp_path, "file", "directory/file")
    literal_paths.remove_temporary_files(os.getuid() + 1)
    assert len(list(tmp_path.iterdir())) == 2
    literal_paths.remove_temporary_files(os.getuid())
    assert list(tmp_path.iterdir()) == []
