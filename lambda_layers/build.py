"""Builds a Lambda layer's directory from its locked requirements. Needs uv or pip, but neither Docker nor Python 3.13.

    python -m lambda_layers.build discovery      prints the directory, which holds `python/`
    python -m lambda_layers.build --lock         writes each requirements.txt anew (needs uv)

The directory's name contains a digest of what it is made from, so a finished one is used again and its content, and so
the CDK asset's hash, is the same on every machine.
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
ARCHITECTURES = {"x86_64": "x86_64", "amd64": "x86_64", "arm64": "aarch64", "aarch64": "aarch64"}

# Metadata of how or where a package was installed: it differs between machines, and Lambda needs none of it.
_UNSTABLE = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_build.json", "uv_cache.json")


def build(name: str, architecture: str = "x86_64") -> Path:
    """The directory of layer `name` for a Lambda `architecture`, built when it is not there yet.

    Raises KeyError for an unknown architecture and CalledProcessError when the packages cannot be installed.
    """
    machine = ARCHITECTURES[architecture]
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
        # A rename is all or nothing: an interrupted build is never taken for a layer.
        scratch.rename(layer)
    except OSError:
        if not layer.is_dir():  # else another synth was faster, and its result is the same
            raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return layer


def lock(name: str) -> None:
    """Resolves requirements.in into requirements.txt with hashes, naming no registry's host."""
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
    # Standard output carries the directory, or a synth's template: what the installer says belongs elsewhere.
    subprocess.run(command, check=True, stdout=sys.stderr)


def _strip(target: Path) -> None:
    """Removes what Lambda does not run, and what would differ from machine to machine."""
    shutil.rmtree(target / "bin", ignore_errors=True)
    for cache in target.rglob("__pycache__"):
        shutil.rmtree(cache)
    for metadata in target.glob("*.dist-info"):
        for name in _UNSTABLE:
            (metadata / name).unlink(missing_ok=True)
    (target / ".lock").unlink(missing_ok=True)


def main() -> None:
    """The command line."""
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
