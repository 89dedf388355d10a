"""The Python runtime that functions run in: where it is, and its search paths."""

import platform
from pathlib import Path

PYTHON = "/usr/bin/python3"
"""The Python of the image, outside of LocalStack's virtual environment."""

RUNTIME_DIRECTORY = "/var/runtime"
"""It holds `awslambdaric` and boto3, which AWS's runtime includes, and no other package of LocalStack."""

PREFIX = "python3."


def version() -> str:
    """Returns the version of the image's Python, which is also the one of LocalStack."""
    return platform.python_version()


def command(handler: str) -> list[str]:
    return [PYTHON, "-m", "awslambdaric", handler]


def search_path(runtime: str, code: Path, layers: Path) -> list[Path]:
    """Returns the directories of packages of AWS's Python runtime, with `code` for /var/task and `layers` for /opt.

    Layers have their packages in a directory of the runtime that the function asks for.
    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    packages = layers / "python" / "lib" / runtime / "site-packages"
    return [code, packages, layers / "python", Path(RUNTIME_DIRECTORY)]
