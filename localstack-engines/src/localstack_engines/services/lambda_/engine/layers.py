"""The merged layers of functions, and their compiled modules."""

import hashlib
import os
import shutil
import subprocess
import threading
from pathlib import Path

from localstack_engines.services.lambda_.engine.python_runtime import PYTHON
from localstack_engines.toolkit import settings

_merging = threading.Lock()


def merged_layers(layers: list[Path]) -> Path:
    """Returns a directory with the files of all layers, like /opt on AWS: a file of a later layer takes precedence.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html
    """
    key = hashlib.sha256("\n".join(map(str, layers)).encode()).hexdigest()[:16]
    target = settings.state_directory("layers") / key
    with _merging:
        if not target.exists():
            unfinished = target.with_suffix(".unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir(parents=True)
            for layer in layers:
                shutil.copytree(layer, unfinished, dirs_exist_ok=True, symlinks=True, copy_function=_link)
            compile_modules(unfinished)
            unfinished.rename(target)
    return target


def compile_modules(directory: Path) -> None:
    """Compiles the Python modules in a directory, because a function has no permission to write there.

    This cuts a cold start with a web framework to a third of the time. A module that does not compile is an error of
    the function, which is reported when the module is imported.
    """
    if next(directory.rglob("*.py"), None) is None:
        return
    command = [PYTHON, "-m", "compileall", "-qq", "--invalidation-mode", "unchecked-hash", str(directory)]
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def _link(source: str, target: str) -> str:
    """Makes a hard link, not a copy: a layer with compiled libraries is large."""
    Path(target).unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        # The two files are on different file systems.
        shutil.copy2(source, target)
    return target
