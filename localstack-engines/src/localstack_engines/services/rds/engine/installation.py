"""The installed PostgreSQL: its programs, its version and its libraries."""

import re
import subprocess
from functools import lru_cache
from pathlib import Path

from localstack_engines.toolkit import settings

SYSTEM_USER = "postgres"
"""The operating system's account that runs the servers. PostgreSQL refuses to run as root."""


def program(name: str) -> str:
    """Returns the path of a PostgreSQL program. `ENGINES_POSTGRES_BIN` names another directory than Debian's."""
    return str(Path(settings.variable("POSTGRES_BIN", "/usr/lib/postgresql/17/bin"), name))


@lru_cache(maxsize=1)
def version() -> tuple[int, int]:
    """Returns the major and the minor version."""
    output = _output(program("postgres"), "--version")
    found = re.search(r"(\d+)\.(\d+)", output)
    if found is None:
        raise RuntimeError(f"cannot read a version from {output!r}")
    return int(found[1]), int(found[2])


def has_library(name: str) -> bool:
    """Returns whether a server can load the library."""
    return (_library_directory() / f"{name}.so").exists()


@lru_cache(maxsize=1)
def _library_directory() -> Path:
    return Path(_output(program("pg_config"), "--pkglibdir").strip())


def _output(*argv: str) -> str:
    return subprocess.run(argv, capture_output=True, text=True, check=True).stdout
