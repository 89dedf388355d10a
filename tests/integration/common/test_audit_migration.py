"""The audit log that a service already has is converted and sealed."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import pytest

from services.common import audit, audit_chain
from services.common.commands.migrate import migrate
from services.common.database import Database
from services.common.settings import ServiceSettings
from tests.integration.migrations import empty_database, upgrade

PATIENTS = [uuid.UUID(int=number) for number in range(3)]
FORMER_HEAD = b"\7" * 32


@pytest.fixture
async def empty(database_server: str) -> AsyncIterator[ServiceSettings]:
    """The settings of the auth service with a database without a table."""
    async with empty_database(database_server, "auth") as settings:
        yield settings


async def write_as_before(connection: Any) -> None:
    """Records about nobody, about one patient and about three; the chain has the first two."""
    insert = (
        "INSERT INTO audit_log (id, at, actor, roles, action, resource, patient_id, outcome) "
        "VALUES ($1, now(), 'x', '{STAFF}', 'read', 'patient', $2, 'allowed')"
    )
    for number, named in enumerate((None, str(PATIENTS[0]), ",".join(map(str, PATIENTS)))):
        await connection.execute(insert, uuid.UUID(int=100 + number), named)
    for number in range(2):
        link = "INSERT INTO audit_chain (sequence, audit_id, hash) VALUES ($1, $2, $3)"
        await connection.execute(link, number + 1, uuid.UUID(int=100 + number), FORMER_HEAD)


async def test_records_of_before_are_converted_and_continue_the_former_chain(empty: ServiceSettings) -> None:
    await upgrade(empty, "common_0002")
    connection = await asyncpg.connect(empty.database_url.replace("+asyncpg", ""))
    await write_as_before(connection)
    await migrate(empty)
    await migrate(empty)
    assert await connection.fetchval("SELECT hash FROM audit_seal WHERE sequence = 0") == FORMER_HEAD
    await connection.close()
    database = Database(empty)
    for patient, count in zip(PATIENTS, (2, 1, 1), strict=True):
        async with database.unit_of_work() as uow:
            assert len(await uow.all(audit.about(patient), lambda *columns: columns)) == count
    async with database.unit_of_work() as uow:
        first = await audit_chain.seal(uow)
    assert first is not None
    assert (first.sequence, first.records, first.upto) == (1, 3, audit_chain.EVERYTHING)
    for patient, count in zip(PATIENTS, (2, 1, 1), strict=True):
        async with database.unit_of_work() as uow:
            assert len(await uow.all(audit.about(patient), lambda *columns: columns)) == count
    async with database.unit_of_work() as uow:
        found = await audit_chain.verify(uow)
    assert (found.records, found.fault) == (3, None)
    await database.close()


async def test_the_index_of_patients_is_converted(empty: ServiceSettings) -> None:
    """Seals that were made before the index named seals."""
    await upgrade(empty, "common_0002")
    connection = await asyncpg.connect(empty.database_url.replace("+asyncpg", ""))
    await write_as_before(connection)
    await upgrade(empty, "common_0003")
    await connection.execute(
        "INSERT INTO audit_seal (sequence, era, after, upto, records, sealed_at, hash) "
        f"VALUES (1, 0, '1:1:', '{audit_chain.EVERYTHING}', 3, now(), '')"
    )
    await migrate(empty)
    found = await connection.fetch("SELECT patient_id, sequence FROM audit_patient ORDER BY patient_id")
    assert [tuple(row) for row in found] == [(patient, 1) for patient in PATIENTS]
    await connection.close()
