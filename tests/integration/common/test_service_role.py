"""The role that a service logs in as can do its work, and cannot change what the audit log says."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from fastapi import FastAPI
from pydantic import SecretStr

from lab.waiting import eventually
from services.common import audit, audit_chain
from services.common.commands.migrate import MigrationSettings, migrate
from services.common.database import Database
from services.common.service_role import AUDIT_TABLES
from services.common.settings import ServiceSettings
from services.contracts.roles import Role
from tests.integration.common.conftest import connect
from tests.support.application import running
from tests.support.issuer import TestIssuer

PASSWORD = "of-the-service"


@pytest.fixture
async def owner(settings: ServiceSettings, sql: Any) -> AsyncIterator[MigrationSettings]:
    """The settings of the migration's container. The role is removed after the test, because all databases share it."""
    name = f"service_{uuid4().hex[:12]}"
    more = {"service_name": "auth", "service_database_username": name, "service_database_password": PASSWORD}
    made = MigrationSettings(**{**settings.model_dump(), **more})
    await migrate(made)
    yield made
    await sql.execute(f"GRANT {name} TO CURRENT_USER; DROP OWNED BY {name}; DROP ROLE {name}")


@pytest.fixture
async def service(settings: ServiceSettings, owner: MigrationSettings) -> ServiceSettings:
    """The settings of the service's container."""
    login = {"database_username": owner.service_database_username, "database_password": SecretStr(PASSWORD)}
    return settings.model_copy(update=login)


async def test_a_service_with_this_role_writes_seals_and_looks_up(service: ServiceSettings) -> None:
    database, patient = Database(service), uuid4()
    try:
        async with database.unit_of_work() as uow:
            uow.record("read", "patient", patient, patient_id=patient)
        for _ in range(3):
            async with database.unit_of_work() as uow:
                await audit_chain.seal(uow)
        async with database.unit_of_work() as uow:
            assert len(await uow.all(audit.about(patient), lambda *columns: columns)) == 1
        async with database.unit_of_work() as uow:
            found = await audit_chain.verify(uow)
        assert (found.records, found.fault) == (1, None)
    finally:
        await database.close()


FORBIDDEN = [
    *(
        statement.format(table)
        for table in AUDIT_TABLES
        for statement in (
            "DELETE FROM {}",
            "TRUNCATE {}",
            "DROP TABLE {}",
            "ALTER TABLE {} DISABLE TRIGGER ALL",
            "ALTER TABLE {} ADD more text",
            "CREATE RULE hide AS ON INSERT TO {} DO INSTEAD NOTHING",
        )
    ),
    "UPDATE audit_log SET actor = 'x'",
    "UPDATE audit_seal SET hash = 'x'",
    "INSERT INTO audit_log (id, at, actor, roles, action, resource, outcome, era, xact) "
    "VALUES (gen_random_uuid(), now(), 'x', '{}', 'x', 'x', 'x', 0, '1')",
    "INSERT INTO audit_era (era, cluster) VALUES (9, 9)",
    "CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "SET session_replication_role = replica",
    "CREATE TABLE mine (id integer)",
    "DELETE FROM alembic_version",
    "ALTER ROLE CURRENT_USER CREATEROLE",
]


@pytest.mark.parametrize("statement", FORBIDDEN)
async def test_the_role_cannot_change_what_the_audit_log_says(service: ServiceSettings, statement: str) -> None:
    connection = await connect(service)
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    finally:
        await connection.close()


async def test_another_password_replaces_the_former_one(owner: MigrationSettings, service: ServiceSettings) -> None:
    await migrate(owner.model_copy(update={"service_database_password": SecretStr("another")}))
    with pytest.raises(asyncpg.InvalidPasswordError):
        await connect(service)
    await (await connect(service.model_copy(update={"database_password": SecretStr("another")}))).close()


async def test_an_application_with_this_role_serves(
    app: FastAPI, service: ServiceSettings, issuer: TestIssuer, sql: Any
) -> None:
    """Rows, outbox, idempotency keys, denials and the background loops."""
    async with running(app, service, issuer=issuer) as client:
        staff = issuer.bearer(Role.STAFF)
        made = await client.post("/counters", json={"name": "a"}, headers={**staff, "Idempotency-Key": "k"})
        assert made.status_code == 201
        changed = {**staff, "If-Match": made.headers["etag"]}
        assert (await client.put(made.headers["location"], json={"name": "b"}, headers=changed)).status_code == 200
        assert (await client.post("/counters", json={"name": "c"}, headers=issuer.bearer())).status_code == 403

        async def sealed() -> bool:
            return bool(await sql.fetchval("SELECT max(records) = 2 FROM audit_seal"))

        await eventually("the seal", sealed)
