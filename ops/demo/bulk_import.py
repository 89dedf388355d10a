"""Imports a hundred thousand patients with COPY, past the API, as a clinic would import its old records.

Billing accounts and addresses for notifications, which events create otherwise, are imported too. No e-mail is sent
about an import. Records have fixed ids, so that an interrupted import can be repeated.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID, uuid4

from ops.databases import connect
from ops.demo.people import Person, identifier, person, registered_at

PATIENTS = 100_000
CHUNK = 5_000
_FIRST_NUMBER = 10_000
"""Lower numbers are people of the small clinic."""
_PATIENT, _ACCOUNT = 1, 2
_CURRENCY = "EUR"

Advance = Callable[[int], None]
"""It is called with the number of rows that were imported since the last call."""

_PATIENT_COLUMNS = [
    "id",
    "name",
    "email",
    "dob",
    "registered_at",
    "phone",
    "address",
    "name_key",
    "version",
    "updated_at",
]
_CHANGE_COLUMNS = ["patient_id", "version", "kind", "changed_at", "changed_by", "changes"]
_CONTACT_COLUMNS = ["patient_id", "name", "email", "phone", "version"]
_ACCOUNT_COLUMNS = ["id", "patient_id", "currency", "balance_minor", "version", "opened_at"]


async def import_patients(importer: UUID, advance: Advance, count: int = PATIENTS) -> None:
    """Imports records and their histories; `importer` is the user in the audit log. Raises asyncpg's errors."""
    connection = await connect("patient")
    try:
        for numbers in _chunks(count):
            people = [person(number) for number in numbers]
            async with connection.transaction():
                await _copy(connection, "patient", _PATIENT_COLUMNS, map(_patient_row, people))
                changes = (_change_row(someone, importer) for someone in people)
                await _copy(connection, "patient_change", _CHANGE_COLUMNS, changes)
                await _audit(connection, importer, numbers)
            advance(len(numbers))
        # Without new statistics the planner would choose plans for a small table.
        await connection.execute("ANALYZE patient, patient_change")
    finally:
        await connection.close()


async def import_contacts(advance: Advance, count: int = PATIENTS) -> None:
    """Imports the patients' addresses, without which a visit that is booked for one would cause no e-mail."""
    await _import("notification", "contact", _CONTACT_COLUMNS, _contact_row, advance, count)


async def import_accounts(advance: Advance, count: int = PATIENTS) -> None:
    """Imports a billing account for every patient."""
    await _import("billing", "account", _ACCOUNT_COLUMNS, _account_row, advance, count)


async def _import(
    service: str, table: str, columns: list[str], row: Callable[[int], tuple[Any, ...]], advance: Advance, count: int
) -> None:
    connection = await connect(service)
    try:
        for numbers in _chunks(count):
            await _copy(connection, table, columns, map(row, numbers))
            advance(len(numbers))
        await connection.execute(f"ANALYZE {table}")
    finally:
        await connection.close()


def _patient_row(someone: Person) -> tuple[Any, ...]:
    at = registered_at(someone.number)
    details = (someone.name, someone.email, someone.dob, at, someone.phone, someone.address, someone.name.lower())
    return (identifier(someone.number, _PATIENT), *details, 1, at)


def _change_row(someone: Person, importer: UUID) -> tuple[Any, ...]:
    changes = {name: {"from": None, "to": value} for name, value in someone.as_request().items()}
    patient = identifier(someone.number, _PATIENT)
    return (patient, 1, "REGISTERED", registered_at(someone.number), importer, json.dumps(changes))


def _contact_row(number: int) -> tuple[Any, ...]:
    someone = person(number)
    return (identifier(someone.number, _PATIENT), someone.name, someone.email, someone.phone, 1)


def _account_row(number: int) -> tuple[Any, ...]:
    return (identifier(number, _ACCOUNT), identifier(number, _PATIENT), _CURRENCY, 0, 1, registered_at(number))


def _chunks(count: int) -> Iterable[range]:
    end = _FIRST_NUMBER + count
    return (range(start, min(start + CHUNK, end)) for start in range(_FIRST_NUMBER, end, CHUNK))


async def _copy(connection: Any, table: str, columns: list[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Copies rows, except those that exist. COPY has no ON CONFLICT, so they go through a temporary table."""
    names = ", ".join(columns)
    async with connection.transaction():
        await connection.execute(
            f"CREATE TEMPORARY TABLE incoming ON COMMIT DROP AS SELECT {names} FROM {table} WITH NO DATA"
        )
        await connection.copy_records_to_table("incoming", records=rows, columns=columns)
        await connection.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM incoming ON CONFLICT DO NOTHING")
        await connection.execute("DROP TABLE incoming")


async def _audit(connection: Any, importer: UUID, numbers: range) -> None:
    """Writes one entry of the audit log for a chunk: an import is an access to patients' data."""
    await connection.execute(
        "INSERT INTO audit_log (id, at, actor, roles, action, resource, patient_ids, outcome) "
        "VALUES ($1, now(), $2, '{ADMIN}', 'import', 'patient', $3, 'allowed')",
        uuid4(),
        str(importer),
        [identifier(number, _PATIENT) for number in numbers],
    )
