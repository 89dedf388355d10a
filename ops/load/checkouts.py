"""Another commit's files, outside of the repository, from which its system can be brought up."""

import filecmp
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops import processes, settings
from ops.problems import Problem

_ENVIRONMENTS = {
    ".venv": ("ops/requirements.txt", "ops/bootstrap.sh"),
    "node_modules": ("package-lock.json",),
}
"""What both checkouts can share, and the files that have to be the same for it."""


@contextmanager
def checkout(commit: str) -> Iterator[Path]:
    """Yields a folder with the commit's files, which is removed afterwards. Raises Problem."""
    if processes.output(["git", "rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}"]) is None:
        raise Problem(f"there is no commit {commit!r}", "make bench-compare BASE=HEAD~1")
    folder = Path(tempfile.mkdtemp(prefix="pms-base-"))
    tree = folder / "tree"
    try:
        processes.check(
            ["git", "worktree", "add", "--detach", str(tree), commit], "git worktree failed", "git worktree prune"
        )
        _share_environments(tree)
        yield tree
    finally:
        # Not through `processes`, which starts nothing more after Ctrl-C.
        remove = ["git", "worktree", "remove", "--force", str(tree)]
        subprocess.run(remove, cwd=settings.ROOT, capture_output=True, check=False)
        shutil.rmtree(folder, ignore_errors=True)


def _share_environments(tree: Path) -> None:
    for name, inputs in _ENVIRONMENTS.items():
        if all(_same(tree / file, settings.ROOT / file) for file in inputs) and (settings.ROOT / name).exists():
            (tree / name).symlink_to((settings.ROOT / name).resolve())


def _same(one: Path, other: Path) -> bool:
    return one.is_file() and other.is_file() and filecmp.cmp(one, other, shallow=False)
