"""Where a function's files are, and the search paths that follow from it."""

import hashlib
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

from localstack_engines.toolkit import settings

RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
"""The only Lambda runtime there is: the image's own Python."""

PYTHON = "/usr/bin/python3"
"""The image's own Python, outside of LocalStack's virtual environment."""

RUNTIME_DIRECTORY = "/var/runtime"
"""awslambdaric and boto3, which AWS's runtime brings along; nothing else of LocalStack's packages."""

_merging = threading.Lock()


def merged_layers(layers: list[Path]) -> Path:
    """One directory with all layers' files, as /opt is on AWS: a later layer's file wins.

    https://docs.aws.amazon.com/lambda/latest/dg/chapter-layers.html
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
    """Compiles a directory's Python modules once, for a function that cannot write there itself.

    A cold start with a web framework takes a third of the time then. A module that
    does not compile is the function's error, and reported when it is imported.
    """
    command = [PYTHON, "-m", "compileall", "-qq", "--invalidation-mode", "unchecked-hash", str(directory)]
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def search_paths(code: Path, layers: Path) -> dict[str, str]:
    """The path variables of AWS's Python runtime, with our directories for /var/task and /opt.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    python = [code, layers / "python" / "lib" / RUNTIME / "site-packages", layers / "python", RUNTIME_DIRECTORY]
    libraries = [code, code / "lib", layers / "lib"]
    programs = ["/usr/local/bin", "/usr/bin", "/bin", layers / "bin"]
    return {
        "PYTHONPATH": os.pathsep.join(map(str, python)),
        "LD_LIBRARY_PATH": os.pathsep.join(map(str, libraries)),
        "PATH": os.pathsep.join(map(str, programs)),
        "LAMBDA_TASK_ROOT": str(code),
        "LAMBDA_RUNTIME_DIR": RUNTIME_DIRECTORY,
    }


def _link(source: str, target: str) -> str:
    """Hard links instead of copies: a layer with compiled libraries is large."""
    Path(target).unlink(missing_ok=True)
    try:
        os.link(source, target)
    except OSError:
        # The two directories are on different file systems.
        shutil.copy2(source, target)
    return target
