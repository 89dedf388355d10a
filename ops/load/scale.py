"""Lists and searches among a thousand and among a hundred thousand patients, which should take about as long."""

import asyncio
from uuid import UUID

from ops.api import Session
from ops.databases import connect
from ops.demo import bulk_import
from ops.demo.people import person
from ops.load import measure
from ops.load.http import Call, Target

SMALL = 1_000
_TIMES = 200
_REGISTERED = 200
_KNOWN = 10_010
"""The number of a person among the first thousand that are imported."""


def calls() -> dict[str, Call]:
    """Returns the calls under the names that the report shows."""
    known = person(_KNOWN)
    first, last = known.name.split()
    return {
        "list of 50": Call("GET", "/api/patients?limit=50"),
        "list of 50 by name": Call("GET", "/api/patients?limit=50&sort=name"),
        f"name={last[:4]}...": Call("GET", f"/api/patients?limit=50&name={last[:4]}"),
        "q=first and last name": Call("GET", f"/api/patients?limit=50&q={first}%20{last}"),
        "email": Call("GET", f"/api/patients?email={known.email}"),
        "dob": Call("GET", f"/api/patients?limit=50&dob={known.dob.isoformat()}"),
    }


async def count() -> int:
    """Returns the number of patients."""
    connection = await connect("patient")
    try:
        return int(await connection.fetchval("SELECT count(*) FROM patient"))
    finally:
        await connection.close()


async def fill(importer: UUID, patients: int) -> None:
    """Imports patients until there are about this many."""
    await bulk_import.import_patients(importer, _ignore, patients)
    await bulk_import.import_contacts(_ignore, patients)


async def register(admin: Session) -> None:
    """Registers patients through the API, enough to fill a list's page."""
    people = (person(number).as_request() for number in range(await count(), _REGISTERED))
    # A patient who is registered already is as good as a new one.
    await asyncio.gather(*(admin.post("/api/patients", one, accept=409) for one in people))


async def latencies(target: Target, token: str) -> dict[str, measure.Result]:
    """Measures each call alone, one after the other."""
    return {name: await measure.repeat(target, token, call, _TIMES) for name, call in calls().items()}


def _ignore(_: int) -> None:
    """Shows no progress."""
