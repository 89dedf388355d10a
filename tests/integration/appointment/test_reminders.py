"""Reminders are published when they are due."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.appointment.composition import reminder_service
from services.appointment.reminders import ReminderLoop
from services.common.runtime import Runtime
from tests.integration.appointment.conftest import at
from tests.integration.callers import Caller
from tests.integration.effects import published_events

Make = Callable[..., Any]


@pytest.fixture
def reminders(runtime: Runtime[Any, Any]) -> ReminderLoop:
    return ReminderLoop(runtime.database, 60, reminder_service)


async def test_a_reminder_is_published_once_when_it_is_due(
    staff: Caller, book: Make, reminders: ReminderLoop, runtime: Runtime[Any, Any]
) -> None:
    booked, cancelled = await book(at(9)), await book(at(10))
    await staff.request("POST", f"/{cancelled['id']}/cancel")
    assert await reminders.publish_due() == 0
    async with runtime.database.unit_of_work() as uow:
        await uow.fetch("UPDATE appointment SET remind_at = now() WHERE remind_at IS NOT NULL")
    sent = await asyncio.gather(*(reminders.publish_due() for _ in range(4)))
    assert sum(sent) == 1
    [due] = [event for event in await published_events(runtime) if event.TYPE == "appointment.reminder_due"]
    assert str(due.appointment_id) == booked["id"]
    assert (await staff.request("GET", f"/{booked['id']}")).headers["etag"] == '"1"'


async def test_no_reminder_is_published_of_an_appointment_that_is_over(
    book: Make, reminders: ReminderLoop, runtime: Runtime[Any, Any]
) -> None:
    await book()
    past = datetime.now(UTC) - timedelta(days=2)
    async with runtime.database.unit_of_work() as uow:
        await uow.fetch("UPDATE appointment SET remind_at = $1, date = $1", past)
    assert await reminders.publish_due() == 1
    assert [event.TYPE for event in await published_events(runtime)] == ["appointment.booked"]
