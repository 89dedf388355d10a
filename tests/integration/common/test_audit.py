"""Every change of the audit log is found."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from services.common import audit, audit_chain, tables
from services.common.audit_chain import Seal, Verification
from services.common.commands.migrate import migrate
from services.common.database import Database
from services.common.paging import MAX_LIMIT
from services.common.service_role import AUDIT_TABLES
from services.common.settings import ServiceSettings

COLUMNS = [column.name for column in tables.audit_log.columns]
PATIENTS = [UUID(int=number) for number in range(10)]


@pytest.fixture
async def database(settings: ServiceSettings) -> AsyncIterator[Database]:
    made = Database(settings)
    yield made
    await made.close()


async def write(database: Database, patient: UUID) -> None:
    """Writes three records in one transaction."""
    async with database.unit_of_work() as uow:
        for name in ("read", "change", "delete"):
            uow.record(f"patient.{name}", "patient", patient, patient_id=patient)


async def seal(database: Database) -> Seal | None:
    async with database.unit_of_work() as uow:
        return await audit_chain.seal(uow)


async def seal_all(database: Database) -> None:
    while await seal(database):
        pass


async def about(database: Database, patient: UUID) -> list[tuple[str, str]]:
    async with database.unit_of_work() as uow:
        rows = await uow.all(audit.about(patient), lambda *columns: dict(zip(COLUMNS, columns, strict=True)))
    return [(row["action"], row["resource"]) for row in rows]


@pytest.fixture
async def sealed(database: Database) -> Database:
    """A database with thirty sealed records in three batches, which ten transactions have written."""
    await seal_all(database)  # the era that the migration has closed
    for patients in (PATIENTS[:4], PATIENTS[4:7], PATIENTS[7:]):
        await asyncio.gather(*(write(database, patient) for patient in patients))
        assert await seal(database) is not None
    return database


async def verified(database: Database) -> Verification:
    async with database.unit_of_work() as uow:
        return await audit_chain.verify(uow)


async def is_intact(database: Database, records: int) -> bool:
    found = await verified(database)
    assert found.fault is None
    return found.records == records


async def test_an_untouched_log_is_intact(sealed: Database) -> None:
    assert await is_intact(sealed, 30)


async def test_nothing_is_sealed_when_nothing_was_written(sealed: Database) -> None:
    assert await seal(sealed) is None
    assert await is_intact(sealed, 30)


async def test_the_record_of_a_list_is_found_by_each_patient_on_it(sealed: Database) -> None:
    longest = [uuid4() for _ in range(MAX_LIMIT)]
    async with sealed.unit_of_work() as uow:
        uow.record("list", "patient", patient_ids=longest)
        uow.record("list", "invoice", patient_ids=[longest[0], longest[0], None])
    await seal_all(sealed)
    async with sealed.unit_of_work() as uow:
        uow.record("read", "patient", longest[0], patient_id=longest[0])
    # The last record is not sealed yet the first time.
    for _ in range(2):
        assert await about(sealed, longest[0]) == [("list", "patient"), ("list", "invoice"), ("read", "patient")]
        assert await about(sealed, longest[-1]) == [("list", "patient")]
        assert await about(sealed, uuid4()) == []
        await seal_all(sealed)
    assert await is_intact(sealed, 33)


async def test_the_records_about_a_patient_are_found_by_indexes(sealed: Database, sql: Any) -> None:
    for _ in range(20):
        await sql.execute(
            "INSERT INTO audit_log (id, at, actor, roles, action, resource, outcome, patient_ids) "
            "SELECT gen_random_uuid(), now(), '', '{}', '', '', '', ARRAY[gen_random_uuid()] "
            "FROM generate_series(1, 500)"
        )
        await seal(sealed)
    await sql.execute("ANALYZE")
    for statement in (audit.about(uuid4()), audit.oldest_unsealed()):
        rows = await sql.fetch(f"EXPLAIN {statement.sql}", *statement.arguments({}))
        plan = "\n".join(row[0] for row in rows)
        assert "Seq Scan on audit_log" not in plan
        assert "Seq Scan on audit_patient" not in plan


async def test_an_insert_pays_for_one_index(sql: Any) -> None:
    assert await sql.fetchval("SELECT count(*) FROM pg_index WHERE indrelid = 'audit_log'::regclass") == 1
    triggers = "SELECT count(*) FROM pg_trigger WHERE tgrelid = 'audit_log'::regclass AND tgtype & 4 = 4"
    assert await sql.fetchval(triggers) == 0


async def test_simultaneous_sealers_make_one_chain(sealed: Database) -> None:
    async def work_on(patient: UUID) -> None:
        await write(sealed, patient)
        await seal(sealed)

    await asyncio.gather(*(work_on(patient) for patient in PATIENTS))
    await seal_all(sealed)
    assert await is_intact(sealed, 60)


async def test_a_long_transaction_delays_only_its_own_records(sealed: Database) -> None:
    async with sealed.unit_of_work() as slow:
        slow.record("slow", "patient", patient_id=PATIENTS[0])
        await slow.flush()
        for patient in PATIENTS[:3]:
            await write(sealed, patient)
            head = await seal(sealed)
        assert head is not None
        assert head.records == 39
        assert await is_intact(sealed, 39)
    assert await about(sealed, PATIENTS[0]) == [
        *[(f"patient.{name}", "patient") for name in ("read", "change", "delete")],
        ("slow", "patient"),
        *[(f"patient.{name}", "patient") for name in ("read", "change", "delete")],
    ]
    await seal_all(sealed)
    assert await is_intact(sealed, 40)


async def test_a_backlog_is_sealed_in_batches(sealed: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_chain, "BATCH", 7)
    for patient in PATIENTS:
        await write(sealed, patient)
    async with sealed.unit_of_work() as slow:  # what still runs does not make a batch longer
        slow.record("slow", "patient")
        await slow.flush()
        heads = [head.records - 30 for head in [await seal(sealed) for _ in range(4)] if head]
    assert heads == [9, 18, 27, 30]
    assert await is_intact(sealed, 60)
    await seal_all(sealed)
    assert await is_intact(sealed, 61)


async def test_a_transaction_with_more_records_than_a_batch_is_sealed(
    sealed: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_chain, "BATCH", 2)
    await write(sealed, PATIENTS[0])
    await seal_all(sealed)
    assert await is_intact(sealed, 33)


@pytest.mark.parametrize("table", AUDIT_TABLES)
@pytest.mark.parametrize("statement", ["UPDATE {0} SET {1} = {1}", "DELETE FROM {0}", "TRUNCATE {0}"])
async def test_the_log_is_append_only(sealed: Database, sql: Any, table: str, statement: str) -> None:
    """Even for the owner, unless they disable the triggers."""
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await sql.execute(statement.format(table, tables.metadata.tables[table].c.keys()[0]))


VICTIM = "(SELECT id FROM audit_log ORDER BY xact, id OFFSET 17 LIMIT 1)"
COPY = "id, at, actor, roles, action, resource, resource_id, outcome, trace_id, patient_ids, era, xact"
TAMPERINGS = {
    "another actor": f"UPDATE audit_log SET actor = 'someone else' WHERE id = {VICTIM}",
    "another patient": f"UPDATE audit_log SET patient_ids = '{{}}' WHERE id = {VICTIM}",
    "another time": f"UPDATE audit_log SET at = at + interval '1 microsecond' WHERE id = {VICTIM}",
    "a record removed": f"DELETE FROM audit_log WHERE id = {VICTIM}",
    "a record added to a batch": f"INSERT INTO audit_log ({COPY}) SELECT gen_random_uuid(), "
    f"{COPY.removeprefix('id, ')} FROM audit_log WHERE id = {VICTIM}",
    "a record added outside of the batches": "INSERT INTO audit_log (id, at, actor, roles, action, resource, outcome, "
    "era, xact) VALUES (gen_random_uuid(), now(), 'x', '{}', 'x', 'x', 'x', -1, '5')",
    "a record moved to another batch": "UPDATE audit_log SET xact = (SELECT max(xact::text::bigint) FROM audit_log)"
    f"::text::xid8 WHERE id = {VICTIM}",
    "a seal removed": "DELETE FROM audit_seal WHERE sequence = 3",
    "a seal changed": "UPDATE audit_seal SET hash = 'x' WHERE sequence = 3",
    "the time of a seal": "UPDATE audit_seal SET sealed_at = now() WHERE sequence = 3",
    "a batch removed and the later ones renumbered": "DELETE FROM audit_log log USING audit_seal seal "
    "WHERE seal.sequence = 3 AND log.era = seal.era AND pg_visible_in_snapshot(log.xact, seal.upto) "
    "AND NOT pg_visible_in_snapshot(log.xact, seal.after); DELETE FROM audit_seal WHERE sequence = 3;"
    "UPDATE audit_seal SET sequence = sequence - 1 WHERE sequence > 3",
    "everything removed": "TRUNCATE audit_log, audit_seal, audit_patient",
    "only the records removed": "TRUNCATE audit_log",
}


async def without_triggers(sql: Any, statement: str) -> None:
    """Runs the statement as the owner of the database can, with the triggers switched off."""
    for table in AUDIT_TABLES:
        await sql.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
    await sql.execute(statement)
    for table in AUDIT_TABLES:
        await sql.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only")


@pytest.mark.parametrize("tampering", TAMPERINGS.values(), ids=TAMPERINGS)
async def test_tampering_by_the_owner_is_found(sealed: Database, sql: Any, tampering: str) -> None:
    await without_triggers(sql, tampering)
    assert (await verified(sealed)).fault is not None


async def test_functions_that_the_owner_puts_in_front_do_not_deceive(
    sealed: Database, settings: ServiceSettings, sql: Any
) -> None:
    """Functions with the names of PostgreSQL's own, in a schema that is looked up before it."""
    await without_triggers(sql, TAMPERINGS["another actor"])
    seal = "SELECT hash FROM public.audit_seal WHERE sequence = 4"
    await sql.execute(f"CREATE FUNCTION sha256(bytea) RETURNS bytea LANGUAGE sql AS '{seal}'")
    await sql.execute(f'ALTER DATABASE "{settings.database_name}" SET search_path = public, pg_catalog')
    other = Database(settings)  # opens connections that look there
    assert (await verified(other)).fault is not None
    await other.close()


async def test_a_database_in_another_cluster_begins_a_new_era(
    sealed: Database, settings: ServiceSettings, sql: Any
) -> None:
    """Another cluster counts transactions anew: positions of before and after cannot be compared."""
    await write(sealed, PATIENTS[0])  # was not sealed before the move
    await without_triggers(sql, "UPDATE audit_era SET cluster = 1")
    with pytest.raises(audit_chain.OtherCluster):
        await seal(sealed)
    of_auth = settings.model_copy(update={"service_name": "auth"})
    await migrate(of_auth)
    # As if the other cluster's count were lower.
    await without_triggers(sql, "ALTER TABLE audit_log ALTER xact SET DEFAULT '5'")
    await write(sealed, PATIENTS[1])
    assert len(await about(sealed, PATIENTS[0])) == 6
    await seal_all(sealed)
    assert await is_intact(sealed, 36)
    assert [len(await about(sealed, patient)) for patient in PATIENTS[:3]] == [6, 6, 3]
    await migrate(of_auth)
    assert await sql.fetchval("SELECT max(era) FROM audit_era") == 2
