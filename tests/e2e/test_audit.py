"""The audit logs of the running services: who may write to them, and that they agree with their anchors."""

from __future__ import annotations

import subprocess
import uuid
from typing import Any

import asyncpg
import pytest

from cdk_app.catalogue import SERVICES
from lab.waiting import until
from ops import aws, databases, settings
from tests.support.people import Person


async def connect_as_service(service: str) -> Any:
    """Logs in with the service's role: with its password, or in production with a token of IAM."""
    owner = aws.secret(f"{settings.PREFIX}/{service}/database")
    host, port, user = owner["host"], int(owner["port"]), f"{service}_service"
    if settings.STAGE == "local":
        password = aws.secret(f"{settings.PREFIX}/{service}/database-service")["password"]
    else:
        password = aws.client("rds").generate_db_auth_token(DBHostname=host, Port=port, DBUsername=user)
    login = {"user": user, "password": password, "database": owner["dbname"]}
    return await asyncpg.connect(host=host, port=port, timeout=10, ssl="prefer", **login)


def verify(service: str) -> str:
    """Returns what `make audit` prints. Raises CalledProcessError when the log is not intact."""
    container = aws.container_id(next(task for task in aws.tasks(service) if task["lastStatus"] == "RUNNING"), service)
    done = subprocess.run(["docker", "exec", container, "audit", "verify"], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_can_add_to_its_audit_log_only(service: str) -> None:
    connection = await connect_as_service(service)
    try:
        assert await connection.fetchval("SELECT count(*) FROM audit_log") >= 0
        for statement in (
            "DELETE FROM audit_log",
            "UPDATE audit_log SET actor = 'x'",
            "TRUNCATE audit_seal",
            "ALTER TABLE audit_log DISABLE TRIGGER ALL",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(statement)
    finally:
        await connection.close()


async def test_the_running_services_use_this_role() -> None:
    connection = await databases.connect("patient")
    try:
        users = "SELECT DISTINCT usename FROM pg_stat_activity WHERE application_name LIKE 'pms-patient%'"
        assert [row["usename"] for row in await connection.fetch(users)] == ["patient_service"]
    finally:
        await connection.close()


def test_a_read_is_sealed_anchored_and_verified(staff: Person) -> None:
    assert staff.http.get(f"/api/patients/{uuid.uuid4()}").status_code == 404
    assert staff.http.get("/api/patients").status_code == 200

    def anchored() -> bool:
        lines = verify("patient").splitlines()
        return lines[-1] == "intact" and not lines[1].startswith("anchors 0")

    until("an anchor", anchored, 150)
