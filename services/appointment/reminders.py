"""Says when a visit is near."""

from __future__ import annotations

import asyncio

from services.appointment import mapper
from services.appointment.repository.appointments import AppointmentRepository, DoctorRepository
from services.common.clock import utc_now
from services.common.database import Database
from services.common.logs import logger
from services.common.waiting import wait_for

BATCH = 100


class Reminders:
    """Publishes `appointment.reminder_due` once for each visit; any number of instances may run."""

    def __init__(self, database: Database, seconds: float) -> None:
        self._database = database
        self._seconds = seconds

    async def run(self, stopping: asyncio.Event) -> None:
        """Looks every so often until told to stop."""
        while not stopping.is_set():
            if await self.publish_due() < BATCH:
                await wait_for(stopping, self._seconds)

    async def publish_due(self) -> int:
        """One transaction's worth; returns how many."""
        now = utc_now()
        async with self._database.unit_of_work() as work:
            doctors = DoctorRepository(work.session)
            due = await AppointmentRepository(work.session).to_remind(now, BATCH)
            for appointment in due:
                remind_at, appointment.remind_at = appointment.remind_at, None
                # After a long outage: nobody needs to be reminded of what is over.
                if remind_at and appointment.date > now:
                    doctor = await doctors.active(appointment.doctor_id)
                    work.publish(mapper.reminder_event(appointment, doctor, remind_at))
        if due:
            logger(__name__).info("reminders_due", count=len(due))
        return len(due)
