"""The rules of doctors' schedules, and what is free in them."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from services.appointment import mapper
from services.appointment.config import AppointmentSettings
from services.appointment.entity import Doctor, DoctorSchedule
from services.appointment.repository.appointments import AppointmentRepository, DoctorRepository
from services.appointment.schedule import Interval, Schedule
from services.common.clock import utc_now
from services.common.errors import Forbidden, NotFound, Unprocessable
from services.common.etags import Condition
from services.common.paging import PageRequest, Slice
from services.common.security.principal import Principal
from services.common.unit_of_work import UnitOfWork
from services.contracts.roles import Role

RESOURCE = "schedule"


class Schedules:
    """Doctors' hours in one transaction."""

    def __init__(
        self,
        work: UnitOfWork,
        settings: AppointmentSettings,
        doctors: DoctorRepository,
        appointments: AppointmentRepository,
    ) -> None:
        self._work = work
        self._settings = settings
        self._doctors = doctors
        self._appointments = appointments

    async def active_doctor(self, id: UUID) -> Doctor | None:
        """Somebody who has the role DOCTOR now."""
        return await self._doctors.active(id)

    async def doctors(self, page: PageRequest) -> Slice[Doctor]:
        """One page of those who can be booked."""
        return await self._doctors.page(page)

    async def of(self, doctor_id: UUID) -> Schedule:
        """The doctor's hours, or the clinic's."""
        own = await self._doctors.schedule(doctor_id)
        return mapper.schedule(own) if own else mapper.clinic_hours(self._settings)

    async def read(self, doctor_id: UUID) -> tuple[Schedule, int]:
        """The hours and their version, 0 for the clinic's. Raises NotFound."""
        if await self._doctors.active(doctor_id) is None:
            raise NotFound("doctor")
        own = await self._doctors.schedule(doctor_id)
        return (mapper.schedule(own), own.version) if own else (mapper.clinic_hours(self._settings), 0)

    async def replace(
        self, principal: Principal, doctor_id: UUID, schedule: Schedule, condition: Condition
    ) -> tuple[Schedule, int]:
        """Writes the doctor's hours; what is booked stays booked. Raises Forbidden, NotFound, PreconditionFailed."""
        if not principal.has(Role.ADMIN) and principal.subject != doctor_id:
            raise Forbidden(None, "A doctor's schedule is their own.")
        # The doctor is locked and not the hours: there may be none yet.
        if await self._doctors.active(doctor_id, lock=True) is None:
            raise NotFound("doctor")
        own = await self._doctors.schedule(doctor_id)
        condition.check(own.version if own else 0)
        changed = own or DoctorSchedule(doctor_id=doctor_id, version=0)
        changed.time_zone = schedule.time_zone
        changed.weekly, changed.exceptions = mapper.stored(schedule)
        changed.version += 1
        changed.updated_at = utc_now()
        await self._doctors.save(changed)
        self._work.record("update", RESOURCE, doctor_id)
        return schedule, changed.version

    async def availability(self, doctor_id: UUID, day: date, minutes: int) -> list[Interval]:
        """The free slots of a day. Raises Unprocessable for an unknown doctor."""
        if await self._doctors.active(doctor_id) is None:
            raise Unprocessable("unknown-doctor", "There is no such doctor.")
        schedule = await self.of(doctor_id)
        stretches = schedule.open_on(day)
        if not stretches:
            return []
        taken = await self._appointments.taken(doctor_id, Interval(stretches[0].start, stretches[-1].end))
        # What cannot be booked any more, or not yet, is not free.
        earliest = utc_now() + timedelta(minutes=self._settings.booking_lead_minutes)
        latest = utc_now() + timedelta(days=self._settings.booking_horizon_days)
        slots = schedule.free_slots(day, timedelta(minutes=minutes), taken, earliest)
        return [slot for slot in slots if slot.start <= latest]
