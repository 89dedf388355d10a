"""The use cases of visits whose end was recorded by mistake."""

from __future__ import annotations

from uuid import UUID

from services.appointment import mapper
from services.appointment.config import AppointmentSettings
from services.appointment.entity import Appointment, Obstacles, Reopening
from services.appointment.repository.appointments import AppointmentRepository
from services.appointment.repository.reopenings import ReopeningRepository
from services.appointment.service.appointments import REFUSALS, RESOURCE, patient_busy, reminder_time, slot_taken
from services.common.audit import Reading
from services.common.clock import utc_now
from services.common.errors import Conflict, Forbidden
from services.common.etags import Condition
from services.common.identifiers import uuid7
from services.common.paging import PageRequest, Slice
from services.common.security.principal import Principal
from services.common.unit_of_work import UnitOfWork
from services.contracts.events import AppointmentStatus

ENDED_BY_THE_CLINIC = (AppointmentStatus.COMPLETED, AppointmentStatus.NO_SHOW)


class ReopeningService:
    """Reopens visits, for one caller in one transaction. The caller may see all appointments."""

    def __init__(
        self,
        principal: Principal,
        uow: UnitOfWork,
        settings: AppointmentSettings,
        appointments: AppointmentRepository,
        reopenings: ReopeningRepository,
    ) -> None:
        self._principal = principal
        self._uow = uow
        self._settings = settings
        self._appointments = appointments
        self._reopenings = reopenings

    async def reopen(self, id: UUID, reason: str, condition: Condition) -> Appointment:
        """Makes a completed or missed visit BOOKED again; billing takes back what it cost.

        Raises NotFound, PreconditionFailed, Forbidden for the caller's own visit, and Conflict when its time is taken.
        """
        appointment = await self._appointments.get_for_move(id, None, None)
        if appointment is None:
            await self._uow.not_found("reopen", RESOURCE)
        if self._principal.owns(appointment.patient_owner_id):
            await self._uow.record_denial("reopen", RESOURCE, id, patient_id=appointment.patient_id)
            raise Forbidden("own-appointment", "Somebody else must reopen your own visit.")
        condition.check(appointment.version)
        if appointment.status not in ENDED_BY_THE_CLINIC:
            raise Conflict(
                "illegal-transition", f"The appointment is {appointment.status}.", current=appointment.status
            )
        doctor, obstacles = await self._appointments.obstacles(appointment)
        _check_free(obstacles)
        now = utc_now()
        reopening = Reopening(
            id=uuid7(),
            appointment_id=id,
            previous_status=appointment.status,
            reason=reason,
            reopened_at=now,
            reopened_by=self._principal.subject,
        )
        appointment.status = AppointmentStatus.BOOKED.value
        appointment.remind_at = reminder_time(appointment.date, self._settings, now)
        appointment.version += 1
        appointment.updated_at = now
        self._appointments.change(appointment)
        self._reopenings.add(reopening)
        self._uow.refuse(REFUSALS)
        self._uow.publish(mapper.appointment_reopened_event(appointment, doctor, reopening))
        self._uow.record("reopen", RESOURCE, id, patient_id=appointment.patient_id)
        return appointment

    async def list(self, id: UUID, page: PageRequest) -> Slice[Reopening]:
        """Returns one page of the appointment's reopenings, oldest first. Raises NotFound."""
        if await self._appointments.get(id, None, Reading("list-reopenings", RESOURCE)) is None:
            await self._uow.not_found("list-reopenings", RESOURCE)
        return await self._reopenings.page(id, page)


def _check_free(obstacles: Obstacles) -> None:
    """Raises Conflict when the time is not free any more, or the patient was deleted."""
    if obstacles.patient_deleted:
        raise Conflict("patient-deleted", "The patient's record was deleted.")
    if obstacles.doctor_busy:
        raise slot_taken()
    if obstacles.patient_busy:
        raise patient_busy()
