"""Lists and searches among a thousand patients and among a hundred thousand: they should take about as long."""

from uuid import UUID

from ops.databases import connect
from ops.demo import bulk_import
from ops.demo.people import person
from ops.load import measure
from ops.load.http import Call, Target

SMALL = 1_000
_TIMES = 200
_KNOWN = 10_010
"""The number of a person who is among the first thousand that are imported."""


def calls() -> dict[str, Call]:
    """What is asked, under the name it is shown by."""
    someone = person(_KNOWN)
    first, last = someone.name.split()
    return {
        "list of 50": Call("GET", "/api/patients?limit=50"),
        "list of 50 by name": Call("GET", "/api/patients?limit=50&sort=name"),
        f"name={last[:4]}...": Call("GET", f"/api/patients?limit=50&name={last[:4]}"),
        "q=first and last name": Call("GET", f"/api/patients?limit=50&q={first}%20{last}"),
        "email": Call("GET", f"/api/patients?email={someone.email}"),
        "dob": Call("GET", f"/api/patients?limit=50&dob={someone.dob.isoformat()}"),
    }


async def count() -> int:
    """How many patients there are."""
    connection = await connect("patient")
    try:
        return int(await connection.fetchval("SELECT count(*) FROM patient"))
    finally:
        await connection.close()


async def fill(importer: UUID, patients: int) -> None:
    """Import until there are about so many."""
    await bulk_import.import_patients(importer, _nothing, patients)
    await bulk_import.import_contacts(_nothing, patients)


async def latencies(target: Target, token: str) -> dict[str, measure.Result]:
    """Each call alone, one after the other."""
    return {name: await measure.repeat(target, token, call, _TIMES) for name, call in calls().items()}


def _nothing(_: int) -> None:
    """Nobody watches."""
