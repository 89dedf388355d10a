"""A second checkout of what is in this one, so that tests may edit sources and deploy them."""

import os
import shutil
import subprocess
from pathlib import Path

from ops import settings


def copy(target: Path) -> Path:
    """All files that git knows or would add; environments are linked, not copied."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=settings.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        source = settings.ROOT / name
        if source.is_file():
            destination = target / name
            destination.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, destination)
    for name in (".venv", "node_modules"):
        (target / name).symlink_to(settings.ROOT / name)
    for layer in (settings.ROOT / "lambda_layers").glob("*/build"):
        shutil.copytree(layer, target / layer.relative_to(settings.ROOT), symlinks=True)
    return target


def up(checkout: Path) -> subprocess.CompletedProcess[str]:
    """`make up` in that checkout. It runs inside the lock that `make test` holds."""
    return subprocess.run(
        [str(settings.VENV_BIN / "python"), "-m", "ops", "up"],
        cwd=checkout,
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )


def edit(checkout: Path, name: str, old: str, new: str) -> None:
    file = checkout / name
    text = file.read_text()
    assert text.count(old) == 1, f"{name} holds {old!r} {text.count(old)} times"
    file.write_text(text.replace(old, new))
