"""The Python runtime that functions run in: where it is, and its search paths."""

import os
import sys
from pathlib import Path

RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
"""The only Lambda runtime here: the Python of the image."""

PYTHON = "/usr/bin/python3"
"""The Python of the image, outside of LocalStack's virtual environment."""

RUNTIME_DIRECTORY = "/var/runtime"
"""It holds `awslambdaric` and boto3, which AWS's runtime includes, and no other package of LocalStack."""


def search_paths(code: Path, layers: Path) -> dict[str, str]:
    """Returns the path variables of AWS's Python runtime, with `code` for /var/task and `layers` for /opt.

    Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
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
