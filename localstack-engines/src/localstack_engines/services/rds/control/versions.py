"""Which engine versions exist here: the installed major, in the minor releases that RDS names."""

import re
import subprocess
from functools import lru_cache

from localstack_engines.services.rds.engine.template import bin_path

ENGINE = "postgres"


@lru_cache(maxsize=1)
def installed() -> tuple[int, int]:
    """Major and minor version of the PostgreSQL that every instance runs."""
    output = subprocess.run([bin_path("postgres"), "--version"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+)\.(\d+)", output)
    if found is None:
        raise RuntimeError(f"cannot read a version from {output!r}")
    return int(found[1]), int(found[2])


def default() -> str:
    """The version of an instance that asks for none, or only for the major."""
    return "{}.{}".format(*installed())


def available() -> list[str]:
    """All versions that can be asked for, oldest first.

    A minor release of PostgreSQL changes neither files nor SQL, so an instance that asks for an older one runs
    on the installed one and keeps the name it asked for. RDS never offered a ``.0``.
    """
    major, minor = installed()
    return [f"{major}.{number}" for number in range(1, minor + 1)]


def resolve(version: str | None) -> str | None:
    """The full version for what was asked for; None when there is no such version here."""
    if not version or version == str(installed()[0]):
        return default()
    return version if version in available() else None


def family() -> str:
    """The parameter group family of the installed major."""
    return f"{ENGINE}{installed()[0]}"


def order(version: str) -> tuple[int, ...]:
    """A key that sorts 17.9 before 17.11."""
    return tuple(int(part) for part in version.split("."))
