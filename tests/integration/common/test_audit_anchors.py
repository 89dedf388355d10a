"""What the owner of the database can do unnoticed by the chain itself differs from the anchors outside of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi import FastAPI
from prometheus_client import REGISTRY

from lab.waiting import eventually
from services.common import audit_anchors, audit_chain
from services.common.anchor_log import STREAM, AnchorLog
from services.common.audit_anchors import Anchor, Check
from services.common.audit_chain import Seal
from services.common.database import Database
from services.common.messaging import housekeeping
from services.common.settings import ServiceSettings
from services.contracts.roles import Role
from tests.integration.common.test_audit import without_triggers
from tests.support import aws
from tests.support.application import running
from tests.support.issuer import TestIssuer

logs = aws.client("logs")


@pytest.fixture(scope="session")
def anchor_key() -> Iterator[str]:
    kms = aws.client("kms")
    arn = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["Arn"]
    yield arn
    kms.schedule_key_deletion(KeyId=arn, PendingWindowInDays=7)


@pytest.fixture
def log_group() -> Iterator[str]:
    name = f"/test/audit/{uuid4().hex}"
    logs.create_log_group(logGroupName=name)
    yield name
    logs.delete_log_group(logGroupName=name)


@pytest.fixture
async def settings(settings: ServiceSettings, anchor_key: str, log_group: str) -> ServiceSettings:
    more = {"audit_key_id": anchor_key, "audit_log_group": log_group, "audit_anchor_seconds": 0.001}
    return settings.model_copy(update=more)


@pytest.fixture(autouse=True)
def _logs_show_anchors_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_anchors, "SETTLE_SECONDS", ())


@pytest.fixture
async def database(settings: ServiceSettings) -> AsyncIterator[Database]:
    made = Database(settings)
    yield made
    await made.close()


async def anchor(database: Database, settings: ServiceSettings) -> Anchor | None:
    async with database.unit_of_work() as uow:
        return await audit_anchors.anchor(uow, AnchorLog(settings), settings)


async def write_and_seal(database: Database) -> None:
    async with database.unit_of_work() as uow:
        for name in ("read", "change"):
            uow.record(name, "patient", patient_id=UUID(int=1))
    async with database.unit_of_work() as uow:
        assert await audit_chain.seal(uow) is not None


@pytest.fixture
async def anchored(database: Database, settings: ServiceSettings) -> Database:
    """A database with three anchors, of the seals 2 to 4, each with two records. Seal 5 has no anchor yet."""
    async with database.unit_of_work() as uow:
        await audit_chain.seal(uow)  # the era that the migration has closed
    for _ in range(3):
        await write_and_seal(database)
        assert await anchor(database, settings) is not None
    await write_and_seal(database)
    return database


async def checked(database: Database, settings: ServiceSettings) -> Check:
    """Returns the result of comparing a chain that agrees with itself."""
    patient = settings.model_copy(update={"audit_anchor_seconds": 60.0})
    async with database.unit_of_work() as uow:
        assert (await audit_chain.verify(uow)).fault is None
        return await audit_anchors.check(uow, AnchorLog(settings), patient)


async def fault(database: Database, settings: ServiceSettings) -> str:
    return (await checked(database, settings)).fault or "none"


async def test_an_untouched_chain_agrees_with_its_anchors(anchored: Database, settings: ServiceSettings) -> None:
    found = await checked(anchored, settings)
    assert (found.anchors, found.fault) == (3, None)
    assert found.last is not None
    assert (found.last.sequence, found.last.records) == (4, 6)


async def test_an_anchored_head_is_not_anchored_again(anchored: Database, settings: ServiceSettings) -> None:
    assert await anchor(anchored, settings) is not None
    assert await anchor(anchored, settings) is None
    assert await anchor(anchored, settings.model_copy(update={"audit_anchor_seconds": 60.0})) is None


async def test_a_recent_anchor_is_enough(anchored: Database, settings: ServiceSettings) -> None:
    """Several instances run the loop."""
    assert await anchor(anchored, settings.model_copy(update={"audit_anchor_seconds": 60.0})) is None


async def test_an_anchor_whose_transaction_failed_is_no_tampering(
    anchored: Database, settings: ServiceSettings
) -> None:
    async with anchored.unit_of_work() as uow:
        assert await audit_anchors.anchor(uow, AnchorLog(settings), settings)
        await uow.release()
    await write_and_seal(anchored)
    await anchor(anchored, settings)
    await write_and_seal(anchored)
    await anchor(anchored, settings)
    found = await checked(anchored, settings)
    assert (found.anchors, found.fault) == (6, None)
    assert found.last is not None
    assert found.last.number == 5


CUT_OFF = """
DELETE FROM audit_log log USING audit_seal seal
WHERE seal.sequence = 3 AND log.era = seal.era AND NOT pg_visible_in_snapshot(log.xact, seal.upto);
DELETE FROM audit_seal WHERE sequence > 3
"""


async def test_an_end_that_was_cut_off_is_found(anchored: Database, settings: ServiceSettings, sql: Any) -> None:
    await without_triggers(sql, CUT_OFF)
    assert await fault(anchored, settings) == ("the log was cut off: anchor 3 is of seal 4, which is missing")


async def test_an_end_that_was_cut_off_with_its_anchors_rows_is_found(
    anchored: Database, settings: ServiceSettings, sql: Any
) -> None:
    await without_triggers(sql, f"{CUT_OFF}; DELETE FROM audit_anchor WHERE number > 2")
    assert "cut off" in await fault(anchored, settings)


async def test_an_end_that_was_written_anew_is_found(anchored: Database, settings: ServiceSettings, sql: Any) -> None:
    await without_triggers(sql, CUT_OFF)
    await write_and_seal(anchored)
    await write_and_seal(anchored)
    assert await fault(anchored, settings) == "the chain was computed anew: seal 4 differs from anchor 3"


async def test_a_deletion_of_everything_is_found(anchored: Database, settings: ServiceSettings, sql: Any) -> None:
    """All tables are as after the first migration."""
    everything = ", ".join(("audit_log", "audit_seal", "audit_patient", "audit_anchor"))
    first = "INSERT INTO audit_seal VALUES (0, 0, '1:1:', '1:1:', 0, now(), decode(repeat('00', 32), 'hex'))"
    await without_triggers(sql, f"TRUNCATE {everything}; {first}")
    assert await fault(anchored, settings) == "the log was cut off: anchor 1 is of seal 2, which is missing"
    async with anchored.unit_of_work() as uow:
        await audit_chain.seal(uow)
    for _ in range(3):
        await write_and_seal(anchored)
    assert await fault(anchored, settings) == "the chain was computed anew: seal 2 differs from anchor 1"
    # The new chain of anchors does not continue the old one either.
    await anchor(anchored, settings)
    assert await fault(anchored, settings) != "none"


async def test_a_chain_that_was_computed_anew_is_found(anchored: Database, settings: ServiceSettings, sql: Any) -> None:
    victim = "(SELECT id FROM audit_log ORDER BY xact, id OFFSET 2 LIMIT 1)"
    await without_triggers(sql, f"UPDATE audit_log SET actor = 'someone else' WHERE id = {victim}")
    await compute_anew(anchored, sql)
    assert await fault(anchored, settings) == "the chain was computed anew: seal 3 differs from anchor 2"


async def compute_anew(database: Database, sql: Any) -> None:
    """Gives each seal the hash that fits the records, as somebody who knows this program can."""
    async with database.unit_of_work() as uow:
        rows = [row async for row in uow.stream(audit_chain._SEALS_WITH_BATCHES)]
    previous = rows[0]["hash"]
    for row in rows[1:]:
        previous = Seal(*row[:7]).linked(previous, row["digest"])
        new = f"UPDATE audit_seal SET hash = decode('{previous.hex()}', 'hex') WHERE sequence = {row['sequence']}"
        await without_triggers(sql, new)


def events(settings: ServiceSettings) -> list[dict[str, Any]]:
    found = logs.get_log_events(logGroupName=settings.audit_log_group, logStreamName=STREAM, startFromHead=True)
    return [{"timestamp": event["timestamp"], "message": event["message"]} for event in found["events"]]


def replace(settings: ServiceSettings, entries: list[dict[str, Any]]) -> None:
    """Replaces all anchors, as somebody who administers the AWS account can. No service's role may."""
    logs.delete_log_stream(logGroupName=settings.audit_log_group, logStreamName=STREAM)
    logs.create_log_stream(logGroupName=settings.audit_log_group, logStreamName=STREAM)
    for entry in entries:
        logs.put_log_events(logGroupName=settings.audit_log_group, logStreamName=STREAM, logEvents=[entry])


@pytest.mark.parametrize(
    ("kept", "says"),
    [
        ((0, 2), "anchor 2 was removed"),
        ((1, 2), "the first anchors were removed"),
        ((0, 1), "the anchors after number 2 were removed, the last one was 3"),
        ((), "the anchors after number 0 were removed, the last one was 3"),
    ],
)
async def test_a_removed_anchor_is_found(
    anchored: Database, settings: ServiceSettings, kept: tuple[int, ...], says: str
) -> None:
    found = events(settings)
    replace(settings, [found[index] for index in kept])
    assert await fault(anchored, settings) == says


async def test_anchors_that_the_log_no_longer_keeps_are_not_missed(
    anchored: Database, settings: ServiceSettings
) -> None:
    replace(settings, events(settings)[1:])
    assert (await checked(anchored, settings.model_copy(update={"audit_keep_days": 1}))).fault is None


def forged(entry: dict[str, Any], **change: Any) -> dict[str, Any]:
    content = json.loads(entry["message"])
    content["anchor"] = json.dumps({**json.loads(content["anchor"]), **change})
    return {**entry, "message": json.dumps(content)}


async def test_a_forged_anchor_is_found(anchored: Database, settings: ServiceSettings) -> None:
    first, second, third = events(settings)
    for forgery in (
        forged(second, records=7),
        {**second, "message": "no anchor"},
        {**second, "message": json.dumps({"anchor": 1, "signature": "x"})},
        {**second, "message": json.dumps({"anchor": "{}", "signature": json.loads(third["message"])["signature"]})},
    ):
        replace(settings, [first, forgery, third])
        assert await fault(anchored, settings) == "an anchor after number 1 was forged"


async def test_an_anchor_of_another_database_is_found(anchored: Database, settings: ServiceSettings) -> None:
    other = settings.model_copy(update={"service_name": "other"})
    assert await fault(anchored, other) == "anchor 1 is of another database"


async def test_a_chain_without_new_anchors_is_found(anchored: Database, settings: ServiceSettings) -> None:
    async with anchored.unit_of_work() as uow:
        await uow.fetch("SELECT pg_sleep(0.02)")
    async with anchored.unit_of_work() as uow:
        await audit_chain.verify(uow)
        found = await audit_anchors.check(uow, AnchorLog(settings), settings)
    assert found.fault == "no anchor was written since seal 5"


async def test_the_running_service_anchors(
    app: FastAPI, settings: ServiceSettings, issuer: TestIssuer, database: Database, sql: Any
) -> None:
    often = settings.model_copy(update={"audit_anchor_seconds": 0.2})
    async with running(app, often, issuer=issuer) as client:
        await client.post("/counters", json={"name": "a"}, headers=issuer.bearer(Role.DOCTOR))

        async def anchored() -> bool:
            newest = "SELECT max(sequence) FROM"
            return bool(await sql.fetchval(f"SELECT ({newest} audit_anchor) = ({newest} audit_seal WHERE records > 0)"))

        await eventually("the anchor", anchored)
    assert (await checked(database, settings)).fault is None


async def test_a_service_goes_on_without_kms(
    app: FastAPI, settings: ServiceSettings, issuer: TestIssuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "MEASURE_SECONDS", 0.1)
    no_key = settings.model_copy(update={"audit_key_id": "alias/there-is-no-such-key"})
    async with running(app, no_key, issuer=issuer) as client:

        async def measured() -> bool:
            return (REGISTRY.get_sample_value("audit_unanchored_seconds") or 0) > 0

        await eventually("the metric", measured)
        made = await client.post("/counters", json={"name": "a"}, headers=issuer.bearer(Role.STAFF))
        assert made.status_code == 201
