"""Paths that code names literally, and that are the same for all functions here: /opt and /tmp.

On AWS each environment has its own. Here functions are processes of one container without permission to mount.
"""

import contextlib
import shutil
from pathlib import Path

OPT = Path("/opt")
TEMPORARY = Path("/tmp")  # noqa: S108 - the directory that functions write to

_SEARCHED = ("nodejs", "python")
"""Directories of packages, which the runtimes find in each function's own layers."""


def link_layers(layers: Path) -> list[str]:
    """Makes a function's layers visible below /opt. Returns the names that another function's layers have there.

    A name of the same files is shared: functions with the same layer see the same directory.
    """
    taken = []
    for entry in layers.iterdir():
        link = OPT / entry.name
        if entry.name in _SEARCHED:
            continue
        if link.is_symlink() and not link.exists():
            link.unlink(missing_ok=True)  # it is of an earlier run; another environment may be as far as this one
        with contextlib.suppress(FileExistsError):
            link.symlink_to(entry)
        if _files(link) != _files(entry):
            taken.append(entry.name)
    return taken


def remove_temporary_files(user: int) -> None:
    """Removes what an environment's user has left in /tmp, so that the next one may write there."""
    for path in TEMPORARY.iterdir():
        with contextlib.suppress(FileNotFoundError):
            if path.lstat().st_uid != user:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()


def _files(directory: Path) -> set[tuple[str, int]]:
    """Returns names and inodes: merged layers are hard links to the same files."""
    directory = directory.resolve()
    if not directory.is_dir():
        return {("", directory.stat().st_ino)}
    found = (path for path in directory.rglob("*") if path.suffix != ".pyc" and not path.is_dir())
    return {(str(path.relative_to(directory)), path.lstat().st_ino) for path in found}
