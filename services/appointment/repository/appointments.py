"""The SQL of the appointment service. Never commits.

`owner` limits a statement to the appointments of one user's own record; None is for callers who may see all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.appointment.entity import Appointment, Doctor, DoctorSchedule, Filters
from services.appointment.schedule import Interval
from services.common.database import violated_constraint
from services.common.paging import ASC, Keyset, PageRequest, Slice
from services.contracts.events import AppointmentStatus

DOCTOR_TAKEN, PATIENT_TAKEN = "appointment_doctor_free", "appointment_patient_free"
BY_DATE = Keyset("date", (Appointment.date, ASC), (Appointment.id, ASC))
_DOCTORS = Keyset("doctors", (Doctor.id, ASC))
_BOOKED = AppointmentStatus.BOOKED.value


class Overlap(Exception):
    """The time is taken; `constraint` says whose."""

    def __init__(self, constraint: str | None) -> None:
        super().__init__(constraint)
        self.constraint = constraint


def visible(owner: UUID | None) -> Select[Appointment]:
    """Every appointment that the caller may know of."""
    statement = select(Appointment)
    return statement if owner is None else statement.where(Appointment.patient_owner_id == owner)


class AppointmentRepository:
    """Appointments in one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, id: UUID, owner: UUID | None) -> Appointment | None:
        """The appointment, to read."""
        return await self._session.scalar(visible(owner).where(Appointment.id == id))

    async def get_locked(self, id: UUID, owner: UUID | None) -> Appointment | None:
        """The appointment, to change: nobody else changes it until this transaction ends."""
        return await self._session.scalar(visible(owner).where(Appointment.id == id).with_for_update())

    async def exists(self, id: UUID) -> bool:
        """Whether there is one, whoever asks: tells a denial from a mere miss, for the audit log only."""
        return await self._session.scalar(select(Appointment.id).where(Appointment.id == id)) is not None

    async def take_patients_turn(self, patient_id: UUID) -> None:
        """Waits until nobody else books for this patient, or frees their hours, and keeps others waiting.

        The exclusion constraints alone keep the promise, but many bookings of one slot would find out by deadlocks,
        a second each. A patient's turn is taken before a doctor's, so that nobody waits in a circle.
        """
        await self._take_turn(f"patient {patient_id}")

    async def take_doctors_turn(self, doctor_id: UUID) -> None:
        """Waits until nobody else books this doctor."""
        await self._take_turn(f"doctor {doctor_id}")

    async def _take_turn(self, key: str) -> None:
        await self._session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))

    async def save(self, appointment: Appointment) -> None:
        """Writes it. Raises Overlap when doctor or patient are booked at that time."""
        self._session.add(appointment)
        try:
            await self._session.flush()
        except IntegrityError as error:
            constraint = violated_constraint(error)
            if constraint not in (DOCTOR_TAKEN, PATIENT_TAKEN):
                raise
            raise Overlap(constraint) from error

    async def list(self, filters: Filters, owner: UUID | None, page: PageRequest) -> Slice[Appointment]:
        """One page, the earliest first."""
        statement = visible(owner)
        if filters.patient_id:
            statement = statement.where(Appointment.patient_id == filters.patient_id)
        if filters.doctor_id:
            statement = statement.where(Appointment.doctor_id == filters.doctor_id)
        if filters.since:
            statement = statement.where(Appointment.date >= filters.since)
        if filters.until:
            statement = statement.where(Appointment.date < filters.until)
        if filters.status:
            statement = statement.where(Appointment.status == filters.status)
        rows = (await self._session.scalars(BY_DATE.apply(statement, page))).all()
        return BY_DATE.page(rows, page)

    async def taken(self, doctor_id: UUID, within: Interval) -> Sequence[Interval]:
        """When the doctor is booked."""
        statement = (
            select(Appointment.date, Appointment.ends_at)
            .where(Appointment.doctor_id == doctor_id, Appointment.status == _BOOKED)
            .where(Appointment.date < within.end, Appointment.ends_at > within.start)
        )
        return [Interval(*row) for row in (await self._session.execute(statement)).all()]

    async def upcoming_of(self, patient_id: UUID, now: datetime) -> Sequence[Appointment]:
        """The patient's booked visits that are still to come, to change."""
        statement = select(Appointment).where(Appointment.patient_id == patient_id, Appointment.status == _BOOKED)
        return (await self._session.scalars(statement.where(Appointment.date > now).with_for_update())).all()

    async def to_remind(self, now: datetime, limit: int) -> Sequence[Appointment]:
        """Visits whose reminder is due; another instance's are left to it."""
        statement = (
            select(Appointment)
            .where(Appointment.remind_at <= now)
            .order_by(Appointment.remind_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return (await self._session.scalars(statement)).all()


class DoctorRepository:
    """Doctors and their schedules in one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def active(self, id: UUID, *, lock: bool = False) -> Doctor | None:
        """Somebody who has the role DOCTOR now; `lock` lets one transaction at a time set their hours."""
        statement = select(Doctor).where(Doctor.id == id, Doctor.active)
        return await self._session.scalar(statement.with_for_update() if lock else statement)

    async def page(self, page: PageRequest) -> Slice[Doctor]:
        """Those who have the role DOCTOR now; ids grow with time."""
        statement = _DOCTORS.apply(select(Doctor).where(Doctor.active), page)
        return _DOCTORS.page((await self._session.scalars(statement)).all(), page)

    async def put(self, id: UUID, name: str | None, active: bool) -> None:
        """Writes what an event says of a doctor."""
        values: dict[str, Any] = {"name": name, "active": active}
        statement = insert(Doctor).values(id=id, **values).on_conflict_do_update(index_elements=["id"], set_=values)
        await self._session.execute(statement)

    async def schedule(self, doctor_id: UUID) -> DoctorSchedule | None:
        """The doctor's own schedule, if there is one."""
        return await self._session.get(DoctorSchedule, doctor_id)

    async def save(self, schedule: DoctorSchedule) -> None:
        """Writes it."""
        self._session.add(schedule)
        await self._session.flush()
