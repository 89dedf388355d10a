"""The SQL of appointments. Never commits.

`owner` limits a statement to the appointments of one user's own record; None is for callers who may see all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.appointment.entity import Appointment, AppointmentFilter
from services.appointment.schedule import Interval
from services.common.database import violated_constraint
from services.common.paging import ASC, Keyset, PageRequest, Slice
from services.contracts.events import AppointmentStatus

DOCTOR_TAKEN, PATIENT_TAKEN = "appointment_doctor_free", "appointment_patient_free"
_EARLIEST_FIRST = Keyset("date", (Appointment.date, ASC), (Appointment.id, ASC))
_BOOKED = AppointmentStatus.BOOKED.value


class Overlap(Exception):
    """The doctor or the patient has another appointment. `constraint` is the name of the violated constraint."""

    def __init__(self, constraint: str | None) -> None:
        super().__init__(constraint)
        self.constraint = constraint


class AppointmentRepository:
    """Appointments, in one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, id: UUID, owner: UUID | None) -> Appointment | None:
        """Returns the appointment, to read it."""
        return await self._session.scalar(_visible(owner).where(Appointment.id == id))

    async def get_for_update(self, id: UUID, owner: UUID | None) -> Appointment | None:
        """Returns the appointment and locks it until the transaction ends."""
        return await self._session.scalar(_visible(owner).where(Appointment.id == id).with_for_update())

    async def exists(self, id: UUID) -> bool:
        """Returns whether there is such an appointment, of any patient. For denials in the audit log only."""
        return await self._session.scalar(select(Appointment.id).where(Appointment.id == id)) is not None

    async def lock_patient(self, patient_id: UUID) -> None:
        """Waits for other transactions that lock this patient, and makes later ones wait until this one ends.

        The exclusion constraints alone prevent double bookings, but concurrent bookings of one slot would end in
        deadlocks, each of which PostgreSQL detects only after a second. A transaction locks the patient before the
        doctor, so that these locks cannot deadlock.
        """
        await self._lock(f"patient {patient_id}")

    async def lock_doctor(self, doctor_id: UUID) -> None:
        """Does the same for a doctor."""
        await self._lock(f"doctor {doctor_id}")

    async def _lock(self, key: str) -> None:
        await self._session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(key, 0))))

    async def save(self, appointment: Appointment) -> None:
        """Writes the appointment. Raises Overlap."""
        self._session.add(appointment)
        try:
            await self._session.flush()
        except IntegrityError as error:
            constraint = violated_constraint(error)
            if constraint not in (DOCTOR_TAKEN, PATIENT_TAKEN):
                raise
            raise Overlap(constraint) from error

    async def page(self, filter: AppointmentFilter, owner: UUID | None, page: PageRequest) -> Slice[Appointment]:
        """Returns one page of the appointments that match, earliest first."""
        statement = _visible(owner)
        if filter.patient_id:
            statement = statement.where(Appointment.patient_id == filter.patient_id)
        if filter.doctor_id:
            statement = statement.where(Appointment.doctor_id == filter.doctor_id)
        if filter.since:
            statement = statement.where(Appointment.date >= filter.since)
        if filter.until:
            statement = statement.where(Appointment.date < filter.until)
        if filter.status:
            statement = statement.where(Appointment.status == filter.status)
        rows = (await self._session.scalars(_EARLIEST_FIRST.apply(statement, page))).all()
        return _EARLIEST_FIRST.page(rows, page)

    async def booked_times(self, doctor_id: UUID, within: Interval) -> Sequence[Interval]:
        """Returns the times of the doctor's booked appointments that overlap the interval."""
        statement = (
            select(Appointment.date, Appointment.ends_at)
            .where(Appointment.doctor_id == doctor_id, Appointment.status == _BOOKED)
            .where(Appointment.date < within.end, Appointment.ends_at > within.start)
        )
        return [Interval(*row) for row in (await self._session.execute(statement)).all()]

    async def upcoming_for_update(self, patient_id: UUID, now: datetime) -> Sequence[Appointment]:
        """Returns the patient's booked appointments that start later than `now`, and locks them."""
        statement = select(Appointment).where(Appointment.patient_id == patient_id, Appointment.status == _BOOKED)
        return (await self._session.scalars(statement.where(Appointment.date > now).with_for_update())).all()

    async def due_for_update(self, now: datetime, limit: int) -> Sequence[Appointment]:
        """Returns appointments whose reminder is due, and locks them. Skips those that another instance has locked."""
        statement = (
            select(Appointment)
            .where(Appointment.remind_at <= now)
            .order_by(Appointment.remind_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return (await self._session.scalars(statement)).all()


def _visible(owner: UUID | None) -> Select[Appointment]:
    """Selects all appointments or, with an owner, those of their own record."""
    statement = select(Appointment)
    return statement if owner is None else statement.where(Appointment.patient_owner_id == owner)
