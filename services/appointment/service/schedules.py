"""The use cases of doctors' schedules, and the free slots in them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from services.appointment import mapper
from services.appointment.config import AppointmentSettings
from services.appointment.entity import DoctorSchedule, VersionedSchedule
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
    ) -> None:
        self._principal = principal
        self._uow = uow
        self._settings = settings
        self._schedules = schedules
        self._doctors = doctors

    async def get(self, doctor_id: UUID) -> VersionedSchedule:
        """Returns the schedule that applies to a doctor. Raises NotFound."""
        doctor = await self._schedules.of_doctor(doctor_id)
        if doctor is None:
            raise NotFound("doctor")
        schedule = mapper.applying_schedule(doctor.own, self._settings)
        return VersionedSchedule(doctor_id, schedule, doctor.own.version if doctor.own else 0)

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
        weekly, exceptions = mapper.schedule_columns(schedule)
        version = own.version + 1 if own else 1
        changed = DoctorSchedule(doctor_id, schedule.time_zone, weekly, exceptions, version, utc_now())
        (self._schedules.change if own else self._schedules.add)(changed)
        self._uow.record("update", RESOURCE, doctor_id)
        return VersionedSchedule(doctor_id, schedule, version)

    async def availability(self, doctor_id: UUID, day: date, minutes: int) -> list[Interval]:
        """Returns the free slots of a day that can be booked now. Raises Unprocessable for an unknown doctor."""
        found = await self._schedules.with_booked_times(doctor_id, _in_any_zone(day))
        if found is None:
            raise Unprocessable("unknown-doctor", "There is no such doctor.")
        doctor, taken = found
        schedule = mapper.applying_schedule(doctor.own, self._settings)
        earliest = utc_now() + timedelta(minutes=self._settings.booking_lead_minutes)
        latest = utc_now() + timedelta(days=self._settings.booking_horizon_days)
        slots = schedule.free_slots(day, timedelta(minutes=minutes), taken, earliest)
        return [slot for slot in slots if slot.start <= latest]


def _in_any_zone(day: date) -> Interval:
    """Returns a time in which the day lies, whatever the doctor's time zone is: offsets are less than a day."""
    midnight = datetime.combine(day, time(), UTC)
    return Interval(midnight - timedelta(days=1), midnight + timedelta(days=2))
