"""The use cases of doctors' schedules, and the free slots in them."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from services.appointment import mapper
from services.appointment.config import AppointmentSettings
from services.appointment.entity import DoctorSchedule, VersionedSchedule
from services.appointment.repository.appointments import AppointmentRepository
from services.appointment.repository.doctors import DoctorRepository
from services.appointment.repository.schedules import ScheduleRepository
from services.appointment.schedule import Interval, Schedule
from services.common.clock import utc_now
from services.common.errors import Forbidden, NotFound, Unprocessable
from services.common.etags import Condition
from services.common.security.principal import Principal
from services.common.unit_of_work import UnitOfWork
from services.contracts.roles import Role

RESOURCE = "schedule"


class ScheduleService:
    """Doctors' schedules, for one caller in one transaction."""

    def __init__(
        self,
        principal: Principal,
        uow: UnitOfWork,
        settings: AppointmentSettings,
        schedules: ScheduleRepository,
        doctors: DoctorRepository,
        appointments: AppointmentRepository,
    ) -> None:
        self._principal = principal
        self._uow = uow
        self._settings = settings
        self._schedules = schedules
        self._doctors = doctors
        self._appointments = appointments

    async def get(self, doctor_id: UUID) -> VersionedSchedule:
        """Returns the schedule that applies to a doctor. Raises NotFound."""
        if await self._doctors.get(doctor_id) is None:
            raise NotFound("doctor")
        return await self.current(doctor_id)

    async def current(self, doctor_id: UUID) -> VersionedSchedule:
        """Returns the same without checking that there is such a doctor."""
        own = await self._schedules.get(doctor_id)
        if own is None:
            return VersionedSchedule(doctor_id, mapper.clinic_schedule_from(self._settings), version=0)
        return VersionedSchedule(doctor_id, mapper.schedule_from_row(own), own.version)

    async def replace(self, doctor_id: UUID, schedule: Schedule, condition: Condition) -> VersionedSchedule:
        """Writes the doctor's own schedule. Appointments that are booked stay booked.

        Raises Forbidden, NotFound and PreconditionFailed.
        """
        if not self._principal.has(Role.ADMIN) and self._principal.subject != doctor_id:
            raise Forbidden(None, "Only the doctor and an ADMIN may set a doctor's schedule.")
        # The doctor is locked, because there may be no schedule yet.
        if await self._doctors.get_for_update(doctor_id) is None:
            raise NotFound("doctor")
        own = await self._schedules.get(doctor_id)
        condition.check(own.version if own else 0)
        changed = own or DoctorSchedule(doctor_id=doctor_id, version=0)
        changed.time_zone = schedule.time_zone
        changed.weekly, changed.exceptions = mapper.schedule_columns(schedule)
        changed.version += 1
        changed.updated_at = utc_now()
        await self._schedules.save(changed)
        self._uow.record("update", RESOURCE, doctor_id)
        return VersionedSchedule(doctor_id, schedule, changed.version)

    async def availability(self, doctor_id: UUID, day: date, minutes: int) -> list[Interval]:
        """Returns the free slots of a day that can be booked now. Raises Unprocessable for an unknown doctor."""
        if await self._doctors.get(doctor_id) is None:
            raise Unprocessable("unknown-doctor", "There is no such doctor.")
        schedule = (await self.current(doctor_id)).schedule
        opening = schedule.open_on(day)
        if not opening:
            return []
        taken = await self._appointments.booked_times(doctor_id, Interval(opening[0].start, opening[-1].end))
        earliest = utc_now() + timedelta(minutes=self._settings.booking_lead_minutes)
        latest = utc_now() + timedelta(days=self._settings.booking_horizon_days)
        slots = schedule.free_slots(day, timedelta(minutes=minutes), taken, earliest)
        return [slot for slot in slots if slot.start <= latest]
