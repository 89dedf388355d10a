"""Changes of several records at once wait for each other and never end in a deadlock."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from prometheus_client import REGISTRY

from services.common.runtime import Runtime
from tests.integration.patient.conftest import Caller, person

ROUNDS = 5
SLOW_UPDATES = (
    "CREATE FUNCTION slow(text) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT pg_sleep(0.05); SELECT $1'",
    "CREATE INDEX patient_slow ON patient (slow(name))",
    # PostgreSQL writes a row's index entries in the order in which the indexes were made.
    "DROP INDEX patient_email_key",
    "CREATE UNIQUE INDEX patient_email_key ON patient (email) WHERE deleted_at IS NULL",
)
"""Makes a pause between the write of a row and the check whether its e-mail address is unique."""


@pytest.fixture(autouse=True)
def no_deadlock() -> Iterator[None]:
    """Fails the test when a request was tried again after a deadlock."""

    def count() -> float:
        return REGISTRY.get_sample_value("transaction_retries_total", {"reason": "40P01"}) or 0.0

    before = count()
    yield
    assert count() == before


async def test_records_that_take_each_others_e_mail_address_are_refused_at_once(
    staff: Caller, runtime: Runtime[Any, Any]
) -> None:
    """Each change would wait at the unique index for the other one to give its address up."""
    async with runtime.database.unit_of_work() as uow:
        for statement in SLOW_UPDATES:
            await uow.fetch(statement, transactional=True)
    records = [await staff.register() for _ in range(3)]
    emails = [record["email"] for record in records]

    async def take(record: dict[str, Any], email: str) -> int:
        body = person(email=email, name=record["name"])
        return (await staff.request("PUT", f"/{record['id']}", json=body)).status_code

    for _ in range(ROUNDS):
        pairs = zip(records, emails[1:] + emails[:1], strict=True)
        assert await asyncio.gather(*(take(record, email) for record, email in pairs)) == [409] * 3


async def test_an_address_that_was_given_up_can_be_taken(staff: Caller) -> None:
    first, second = await staff.register(), await staff.register()
    body = person(name=first["name"])
    assert (await staff.request("PUT", f"/{first['id']}", json=body)).status_code == 200
    body = person(name=second["name"], email=first["email"])
    assert (await staff.request("PUT", f"/{second['id']}", json=body)).status_code == 200
