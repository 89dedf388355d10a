from pathlib import Path

import pytest

from ops import settings
from ops.lifecycle import fingerprint


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "ROOT", tmp_path)
    monkeypatch.setattr(fingerprint, "STAMPS", tmp_path / "stamps")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "main.py").write_text("one")
    return tmp_path / "app"


def test_content_and_names_count_but_time_stamps_do_not(tree: Path) -> None:
    before = fingerprint.of([tree])
    (tree / "main.py").touch()
    assert fingerprint.of([tree]) == before
    (tree / "main.py").rename(tree / "other.py")
    renamed = fingerprint.of([tree])
    (tree / "other.py").write_text("two")
    assert len({before, renamed, fingerprint.of([tree])}) == 3


def test_generated_files_do_not_count(tree: Path) -> None:
    before = fingerprint.of([tree])
    (tree / "__pycache__").mkdir()
    (tree / "__pycache__" / "main.pyc").write_text("x")
    assert fingerprint.of([tree]) == before


def test_a_checkout_elsewhere_has_the_same_fingerprint(
    tree: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = fingerprint.of([tree])
    moved = tmp_path / "clone"
    moved.mkdir()
    tree.rename(moved / "app")
    monkeypatch.setattr(settings, "ROOT", moved)
    assert fingerprint.of([moved / "app"]) == before


def test_a_step_is_current_only_after_it_was_remembered(tree: Path) -> None:
    assert not fingerprint.is_current("step", "inputs")
    fingerprint.remember("step", "inputs")
    assert fingerprint.is_current("step", "inputs")
    assert not fingerprint.is_current("step", "others")
    fingerprint.forget("step")
    assert not fingerprint.is_current("step", "inputs")
