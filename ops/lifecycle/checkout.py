"""A second checkout of this one's files, in which sources can be changed and deployed."""

import shutil
import subprocess
from pathlib import Path

from ops import settings


def copy(target: Path) -> Path:
    """Copies all files that git tracks or would add, and built Lambda layers. Environments are linked."""
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
