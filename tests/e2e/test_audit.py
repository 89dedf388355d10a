"""The audit logs of the running services: who may write to them, and that they agree with their anchors."""

from __future__ import annotations

import subprocess
import uuid
from typing import Any

import asyncpg
import pytest

from cdk_app.catalogue import SERVICES
from lab.waiting import until
from ops import aws
from tests.support.people import Person


async def connect(service: str, secret_name: str) -> Any:
    secret = aws.secret(f"pms/{service}/{secret_name}")
    login = {"user": secret["username"], "password": secret["password"], "database": secret["dbname"]}
    return await asyncpg.connect(host=secret["host"], port=int(secret["port"]), timeout=10, **login)


def verify(service: str) -> str:
    """Returns what `make audit` prints. Raises CalledProcessError when the log is not intact."""
    container = aws.container_id(next(task for task in aws.tasks(service) if task["lastStatus"] == "RUNNING"), service)
    done = subprocess.run(["docker", "exec", container, "audit", "verify"], capture_output=True, text=True, check=True)
    return done.stdout


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_can_add_to_its_audit_log_only(service: str) -> None:
    connection = await connect(service, "database-service")
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
    connection = await connect("patient", "database")
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
