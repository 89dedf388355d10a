"""The use case of reminders."""

from __future__ import annotations

from services.appointment import mapper
from services.appointment.repository.appointments import AppointmentRepository
from services.common.clock import utc_now
from services.common.security.principal import Principal
from services.common.unit_of_work import UnitOfWork


class ReminderService:
    """Reminders of appointments, in one transaction."""

    def __init__(self, principal: Principal, uow: UnitOfWork, appointments: AppointmentRepository) -> None:
        self._principal = principal
        self._uow = uow
        self._appointments = appointments

    async def publish_due(self, limit: int) -> int:
        """Publishes at most `limit` reminders, each once. Returns the number of appointments that were due."""
        now = utc_now()
        due = await self._appointments.take_due(now, limit)
        for appointment, doctor, due_at in due:
            # After a long outage, nobody needs a reminder of an appointment that is over.
            if appointment.date > now:
                self._uow.publish(mapper.appointment_reminder_due_event(appointment, doctor, due_at))
        return len(due)
