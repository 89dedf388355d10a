"""Another commit's files are put outside of the repository, and removed again."""

import subprocess
from pathlib import Path

import pytest

from ops import settings
from ops.load.checkouts import checkout
from ops.problems import Problem


def git(*arguments: str, cwd: Path) -> None:
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b.example", *arguments], cwd=cwd, check=True)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    git("init", "-q", cwd=tmp_path)
    (tmp_path / "package-lock.json").write_text("{}")
    (tmp_path / "node_modules").mkdir()
    (tmp_path / ".gitignore").write_text("node_modules\n")
    for text in ("old", "new"):
        (tmp_path / "file").write_text(text)
        git("add", ".", cwd=tmp_path)
        git("commit", "-qm", text, cwd=tmp_path)
    monkeypatch.setattr(settings, "ROOT", tmp_path)
    for function in ("output", "check"):
        original = getattr(__import__("ops.processes", fromlist=[""]), function)
        monkeypatch.setattr(f"ops.processes.{function}", _in(tmp_path, original))
    return tmp_path


def _in(folder: Path, function):  # type: ignore[no-untyped-def]
    return lambda *arguments, **options: function(*arguments, **options | {"cwd": folder})


def test_a_checkout_has_the_commits_files_and_shares_what_is_the_same(repository: Path) -> None:
    with checkout("HEAD~1") as tree:
        assert (tree / "file").read_text() == "old"
        assert (tree / "node_modules").resolve() == repository / "node_modules"
        assert repository not in tree.parents
    assert not tree.parent.exists()
    listed = subprocess.check_output(["git", "worktree", "list"], cwd=repository, text=True)
    assert len(listed.splitlines()) == 1
    assert (repository / "node_modules").is_dir()


def test_an_unknown_commit_is_named(repository: Path) -> None:
    with pytest.raises(Problem, match="no commit 'absent'"), checkout("absent"):
        pass
