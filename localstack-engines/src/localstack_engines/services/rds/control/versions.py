"""The engine versions that exist here: the minor releases of the installed major version."""

from localstack_engines.services.rds.engine import installation

ENGINE = "postgres"


def major() -> str:
    """Returns the installed major version."""
    return str(installation.version()[0])


def default() -> str:
    """Returns the version of an instance that asks for none, or for the major version only."""
    return "{}.{}".format(*installation.version())


def available() -> list[str]:
    """Returns all versions that an instance may ask for, oldest first.

    A minor release of PostgreSQL changes neither files nor SQL. So an instance that asks for an older one runs on the
    installed one and keeps the version that it asked for. RDS never offered a `.0`.
    """
    _, minor = installation.version()
    return [f"{major()}.{number}" for number in range(1, minor + 1)]


def resolve(version: str | None) -> str | None:
    """Returns the full version for the requested one, or None when it does not exist here."""
    if not version or version == major():
        return default()
    return version if version in available() else None


def family() -> str:
    """Returns the parameter group family of the installed major version."""
    return f"{ENGINE}{major()}"


def order(version: str) -> tuple[int, ...]:
    """Returns a sort key that puts 17.9 before 17.11."""
    return tuple(int(part) for part in version.split("."))
