"""Builds the directory of a Lambda layer from its locked requirements.

It needs uv or pip, but neither Docker nor Python 3.13.

    python -m lambda_layers.build discovery      builds the layer and prints its directory, which holds `python/`
    python -m lambda_layers.build --lock         writes every requirements.txt anew (needs uv)

The name of the directory is a hash of its inputs, so that a finished layer is used again. The content is the same on
every machine, and so is the hash of the CDK asset.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

LAYERS = Path(__file__).parent

PYTHON = "3.13"
"""The Python version of the Lambda runtime."""
MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}
"""The name that wheels use for each Lambda architecture."""

# Files that record how and where a package was installed. They differ between machines, and Lambda needs none.
_INSTALLATION_RECORDS = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_build.json", "uv_cache.json")


def build(name: str, architecture: str = "x86_64") -> Path:
    """Returns the directory of the layer `name` for a Lambda `architecture`. Builds it if it does not exist.

    Raises KeyError for an unknown architecture, and CalledProcessError when the packages cannot be installed.
    """
    machine = MACHINES[architecture]
    requirements = LAYERS / name / "requirements.txt"
    layer = LAYERS / name / "build" / _digest(requirements, machine)
    if layer.is_dir():
        return layer
    layer.parent.mkdir(exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".", dir=layer.parent))
    try:
        _install(requirements, scratch / "python", machine)
        _strip(scratch / "python")
        scratch.chmod(0o755)
        # A rename is atomic, so an interrupted build leaves no directory that looks like a finished layer.
        scratch.rename(layer)
    except OSError:
        # A concurrent build may have finished first. Its result is the same.
        if not layer.is_dir():
            raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return layer


def lock(name: str) -> None:
    """Resolves `requirements.in` into `requirements.txt`, with hashes and without the URL of a registry."""
    folder = LAYERS / name
    command = ["uv", "pip", "compile", "--quiet", "--generate-hashes", "--no-emit-index-url", "--universal"]
    command += ["--python-version", PYTHON, "--custom-compile-command", "python -m lambda_layers.build --lock"]
    subprocess.run([*command, "-o", "requirements.txt", "requirements.in"], cwd=folder, check=True)


def _digest(requirements: Path, machine: str) -> str:
    digest = hashlib.sha256(f"{PYTHON} {machine}\n".encode())
    digest.update(requirements.read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()[:16]


def _install(requirements: Path, target: Path, machine: str) -> None:
    common = ["--quiet", "--require-hashes", "--target", str(target), "-r", str(requirements)]
    uv = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]))
    if uv:
        platform = ["--python-version", PYTHON, "--python-platform", f"{machine}-manylinux_2_28"]
        command = [uv, "pip", "install", *platform, "--only-binary", ":all:", "--link-mode", "copy", *common]
    else:
        platform = ["--python-version", PYTHON, "--platform", f"manylinux_2_28_{machine}"]
        platform += ["--platform", f"manylinux2014_{machine}", "--implementation", "cp"]
        command = [sys.executable, "-m", "pip", "install", *platform, "--only-binary", ":all:", "--no-compile", *common]
    # Standard output is for the directory or, during a synthesis, for the template.
    subprocess.run(command, check=True, stdout=sys.stderr)


def _strip(target: Path) -> None:
    """Removes scripts, caches and installation records, which Lambda does not need or which differ between machines."""
    shutil.rmtree(target / "bin", ignore_errors=True)
    for cache in target.rglob("__pycache__"):
        shutil.rmtree(cache)
    for metadata in target.glob("*.dist-info"):
        for name in _INSTALLATION_RECORDS:
            (metadata / name).unlink(missing_ok=True)
    (target / ".lock").unlink(missing_ok=True)


def main() -> None:
    """Runs the command line."""
    names = sorted(path.parent.name for path in LAYERS.glob("*/requirements.in"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="layer", help=f"default: {', '.join(names)}")
    parser.add_argument("--lock", action="store_true", help="write the requirements.txt files anew")
    options = parser.parse_args()
    for name in options.names or names:
        if options.lock:
            lock(name)
        else:
            sys.stdout.write(f"{build(name)}\n")


if __name__ == "__main__":
    main()
