"""The engines and engine versions that an instance may ask for. All of them run on the installed PostgreSQL.

A version that is asked for is recorded and described as asked. The release that runs it is the installed one, which has
nearly everything that older releases have. What it lacks is in PostgreSQL's release notes
(https://www.postgresql.org/docs/release/).

Source of the lists: https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-versions.html and
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraPostgreSQLReleaseNotes/AuroraPostgreSQL.Updates.html
"""

from functools import lru_cache

from localstack_engines.services.rds.engine import installation

ENGINE = "postgres"
AURORA = "aurora-postgresql"
ENGINES = (ENGINE, AURORA)

_MINORS = {
    ENGINE: {
        11: "1-2 4-22",
        12: "2-22",
        13: "1-23",
        14: "1-22",
        15: "2-17",
        16: "1-13",
    },
    AURORA: {
        11: "4 6-9 11-21",
        12: "4 6-22",
        13: "3-18 20-23",
        14: "3-15 17-20 22",
        15: "2-10 12-15 17",
        16: "0-6 8-11 13",
        17: "1-2 4-7 9",
    },
}
"""The minor releases of each major version. Those of the installed major of RDS for PostgreSQL follow from itself."""


def major() -> str:
    """Returns the installed major version."""
    return str(installation.version()[0])


def installed() -> str:
    """Returns the installed release."""
    return "{}.{}".format(*installation.version())


def majors(engine: str) -> list[str]:
    """Returns the major versions of an engine, oldest first."""
    return [str(number) for number in _releases(engine)]


def default(engine: str, wanted: str | None = None) -> str:
    """Returns the version of an instance that asks for none, or only for the major version `wanted`."""
    number = int(wanted or major())
    return f"{number}.{_releases(engine)[number][-1]}"


def available(engine: str) -> list[str]:
    """Returns all versions that an instance of an engine may ask for, oldest first."""
    return [f"{number}.{minor}" for number, minors in _releases(engine).items() for minor in minors]


def resolve(engine: str, version: str | None) -> str | None:
    """Returns the full version for the requested one, or None when the engine does not have it here."""
    if not version or version in majors(engine):
        return default(engine, version or None)
    return version if version in available(engine) else None


def major_of(version: str) -> str:
    return version.split(".")[0]


def family(engine: str, version: str) -> str:
    """Returns the parameter group family of a version."""
    return f"{engine}{major_of(version)}"


@lru_cache(maxsize=1)
def families() -> dict[str, tuple[str, int]]:
    """Returns the engine and the major version of each parameter group family."""
    return {f"{engine}{number}": (engine, int(number)) for engine in ENGINES for number in majors(engine)}


def order(version: str) -> tuple[int, ...]:
    """Returns a sort key that puts 17.9 before 17.11."""
    return tuple(int(part) for part in version.split("."))


def substitute(engine: str, version: str) -> str | None:
    """Returns a sentence that says what runs instead of another major version than the installed one, or None.

    A minor release changes neither files nor SQL, so another one is not worth a word.
    """
    if engine == ENGINE and major_of(version) == major():
        return None
    return f"{engine} {version} runs on PostgreSQL {installed()} locally. The version is recorded as asked for."


@lru_cache(maxsize=2)
def _releases(engine: str) -> dict[int, list[int]]:
    found = {number: _numbers(minors) for number, minors in _MINORS[engine].items()}
    number, minor = installation.version()
    if engine == ENGINE:
        # RDS never offered a `.0`.
        found[number] = list(range(1, minor + 1))
    return {one: found[one] for one in sorted(found) if one <= number}


def _numbers(ranges: str) -> list[int]:
    """Returns the numbers of a text such as `1-2 4`."""
    found: list[int] = []
    for part in ranges.split():
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    return found
