"""Content hashes of a step's inputs, by which a step that is up to date is skipped. Time stamps do not count."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from ops import settings

STAMPS = settings.STATE / "stamps"
_IGNORED = {"__pycache__", "node_modules", "build", ".mypy_cache", ".ruff_cache"}


def of(paths: Iterable[Path], *extra: str) -> str:
    """Returns one hash of all files at or below the paths, their names, and further strings."""
    digest = hashlib.sha256()
    for text in extra:
        digest.update(b"\0text\0" + text.encode())
    for path in paths:
        for file in sorted(_files(path)):
            digest.update(b"\0file\0" + _name(file).encode() + b"\0")
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def is_current(name: str, value: str) -> bool:
    """Returns whether the step called `name` last succeeded with exactly these inputs."""
    try:
        return bool(json.loads((STAMPS / f"{name}.json").read_text())["inputs"] == value)
    except (OSError, ValueError, KeyError):
        return False


def remember(name: str, value: str) -> None:
    """Records that the step has succeeded with these inputs. An interrupted step is not recorded, so it is repeated."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    fresh = STAMPS / f"{name}.json.new"
    fresh.write_text(json.dumps({"inputs": value}))
    fresh.rename(STAMPS / f"{name}.json")


def forget(name: str) -> None:
    """Makes sure that the step is done next time."""
    (STAMPS / f"{name}.json").unlink(missing_ok=True)


def _name(file: Path) -> str:
    """Returns a name that is the same in every checkout."""
    return str(file.relative_to(settings.ROOT) if file.is_relative_to(settings.ROOT) else file)


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
    elif path.is_dir():
        for child in path.iterdir():
            if child.name not in _IGNORED and not child.name.endswith((".pyc", ".egg-info")):
                yield from _files(child)
