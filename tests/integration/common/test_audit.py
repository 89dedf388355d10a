"""Every change of the audit log is found."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from services.common import audit
from services.common.database import Database
from services.common.paging import MAX_LIMIT
from services.common.settings import ServiceSettings


@pytest.fixture
async def database(settings: ServiceSettings) -> AsyncIterator[Database]:
    made = Database(settings)
    yield made
    await made.close()


@pytest.fixture
async def sealed(database: Database) -> Database:
    """A database with thirty sealed records, which ten simultaneous transactions have written."""

    async def write(number: int) -> None:
        async with database.unit_of_work() as uow:
            for name in ("read", "change", "delete"):
                uow.record(f"patient.{name}", "patient", number, patient_id=number)

    await asyncio.gather(*(write(number) for number in range(10)))
    async with database.unit_of_work() as uow:
        await audit.seal(uow.session)
    return database


async def verified(database: Database) -> audit.Verification:
    async with database.unit_of_work() as uow:
        return await audit.verify(uow.session)


async def test_an_untouched_log_is_intact(sealed: Database) -> None:
    found = await verified(sealed)
    assert (found.checked, found.fault) == (30, None)


async def test_the_record_of_a_list_is_found_by_each_patient_on_it(sealed: Database) -> None:
    longest = [uuid4() for _ in range(MAX_LIMIT)]
    async with sealed.unit_of_work() as uow:
        uow.record("list", "patient", patient_ids=longest)
        uow.record("list", "invoice", patient_ids=[longest[0], longest[0], None])
        uow.record("read", "patient", longest[0], patient_id=longest[0])
    async with sealed.unit_of_work() as uow:
        await audit.seal(uow.session)
        found = {id: (await uow.session.execute(audit.about(id))).all() for id in (longest[0], longest[-1], uuid4())}
    assert [[(row.action, row.resource) for row in rows] for rows in found.values()] == [
        [("list", "patient"), ("list", "invoice"), ("read", "patient")],
        [("list", "patient")],
        [],
    ]
    assert ((await verified(sealed)).checked, (await verified(sealed)).fault) == (33, None)


async def test_the_records_about_a_patient_are_found_by_an_index(sealed: Database) -> None:
    query = str(audit.about(uuid4()).compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
    async with sealed.unit_of_work() as uow:
        await uow.session.execute(text("SET LOCAL enable_seqscan = off"))
        plan = "\n".join(await uow.session.scalars(text(f"EXPLAIN {query}")))
    assert "audit_log_patients" in plan


async def test_simultaneous_sealers_make_one_chain(sealed: Database) -> None:
    async def work_on(number: int) -> None:
        async with sealed.unit_of_work() as uow:
            uow.record("patient.read", "patient", number)
        async with sealed.unit_of_work() as uow:
            await audit.seal(uow.session)

    await asyncio.gather(*(work_on(number) for number in range(9)))
    async with sealed.unit_of_work() as uow:
        await audit.seal(uow.session)
    found = await verified(sealed)
    assert (found.checked, found.fault) == (39, None)


@pytest.mark.parametrize(
    "statement", ["UPDATE audit_log SET outcome = 'x'", "DELETE FROM audit_log", "TRUNCATE audit_log"]
)
async def test_the_log_is_append_only(sealed: Database, sql: Any, statement: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await sql.execute(statement)
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await sql.execute(statement.replace("audit_log", "audit_chain").replace("outcome = 'x'", "sequence = 1"))


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE audit_log SET actor = 'someone else' WHERE id = (SELECT audit_id FROM audit_chain WHERE sequence = 17)",
        "DELETE FROM audit_log WHERE id = (SELECT audit_id FROM audit_chain WHERE sequence = 17)",
        "DELETE FROM audit_chain WHERE sequence = 17",
        "UPDATE audit_chain SET hash = 'x' WHERE sequence = 17",
        "UPDATE audit_log SET at = now() WHERE id = (SELECT audit_id FROM audit_chain WHERE sequence = 17)",
        "DELETE FROM audit_chain WHERE sequence > 17",
        # The record and its link are deleted, and the later links are renumbered to close the gap.
        "DELETE FROM audit_log WHERE id = (SELECT audit_id FROM audit_chain WHERE sequence = 17);"
        "DELETE FROM audit_chain WHERE sequence = 17;"
        "UPDATE audit_chain SET sequence = -sequence + 1 WHERE sequence > 17;"
        "UPDATE audit_chain SET sequence = -sequence WHERE sequence < 0",
    ],
)
async def test_tampering_without_the_triggers_is_found(sealed: Database, sql: Any, tampering: str) -> None:
    """The owner of the database can disable the triggers, but the chain is then broken."""
    await sql.execute("ALTER TABLE audit_log DISABLE TRIGGER ALL")
    await sql.execute("ALTER TABLE audit_chain DISABLE TRIGGER ALL")
    await sql.execute(tampering)
    assert (await verified(sealed)).fault is not None
