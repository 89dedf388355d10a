"""The SQL of doctors' own schedules. Never commits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from services.appointment.entity import APPOINTMENT, DOCTOR, SCHEDULE, Doctor, DoctorSchedule, ScheduledDoctor
from services.appointment.repository.overlaps import overlapping
from services.appointment.schedule import Interval
from services.common.sql import Statement
from services.common.unit_of_work import UnitOfWork

_OWN = Statement(select(SCHEDULE).where(SCHEDULE.c.doctor_id == bindparam("doctor_id")))


def scheduled_doctor() -> Select[Any]:
    """Selects the doctor `doctor_id`, if they can be booked, with their own schedule. See `scheduled_doctor_of`."""
    statement = select(DOCTOR, SCHEDULE).select_from(DOCTOR).outerjoin(SCHEDULE, SCHEDULE.c.doctor_id == DOCTOR.c.id)
    return statement.where(DOCTOR.c.id == bindparam("doctor_id"), DOCTOR.c.active)


def scheduled_doctor_of(*row: Any) -> ScheduledDoctor:
    """Returns the doctor in the columns of `scheduled_doctor`."""
    doctor, own = row[: len(DOCTOR.c)], row[len(DOCTOR.c) :]
    return ScheduledDoctor(Doctor(*doctor), DoctorSchedule(*own) if own[0] else None)


_OF_DOCTOR = Statement(scheduled_doctor())


def _booked(column: Any) -> Any:
    """Returns the column of the doctor's booked appointments at that time as an array, in the order of their start."""
    ordered = func.array_agg(aggregate_order_by(column, APPOINTMENT.c.date))
    booked = select(ordered).where(APPOINTMENT.c.doctor_id == DOCTOR.c.id, overlapping())
    return booked.correlate(DOCTOR).scalar_subquery()


_WITH_BOOKED_TIMES = Statement(
    scheduled_doctor().add_columns(_booked(APPOINTMENT.c.date), _booked(APPOINTMENT.c.ends_at))
)


class ScheduleRepository:
    """Doctors' own schedules, in one transaction."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def get(self, doctor_id: UUID) -> DoctorSchedule | None:
        """Returns the doctor's own schedule, or None for a doctor without one."""
        return await self._uow.one(_OWN, DoctorSchedule, doctor_id=doctor_id)

    async def of_doctor(self, doctor_id: UUID) -> ScheduledDoctor | None:
        """Returns the doctor with their own schedule, or None when there is no such doctor."""
        return await self._uow.one(_OF_DOCTOR, scheduled_doctor_of, doctor_id=doctor_id)

    async def with_booked_times(
        self, doctor_id: UUID, within: Interval
    ) -> tuple[ScheduledDoctor, Sequence[Interval]] | None:
        """Returns the same, and the times of the doctor's booked appointments that overlap the interval."""
        return await self._uow.one(
            _WITH_BOOKED_TIMES, _with_times, doctor_id=doctor_id, start=within.start, end=within.end
        )

    def add(self, schedule: DoctorSchedule) -> None:
        """Writes the first own schedule of a doctor, who is locked."""
        self._uow.add(SCHEDULE, schedule)

    def change(self, schedule: DoctorSchedule) -> None:
        """Writes a changed schedule."""
        self._uow.change(SCHEDULE, schedule)


def _with_times(*row: Any) -> tuple[ScheduledDoctor, Sequence[Interval]]:
    *doctor, starts, ends = row
    return scheduled_doctor_of(*doctor), [Interval(*time) for time in zip(starts or (), ends or (), strict=True)]
