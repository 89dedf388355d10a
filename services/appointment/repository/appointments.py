"""The SQL of appointments. Never commits.

`owner` limits a statement to the appointments of one user's own record; None is for callers who may see all.

All transactions of this service lock in one order, so that none can wait for another in a circle:

1. the patient, by an advisory lock (`lock`, `lock_for_change`),
2. the doctor, by an advisory lock,
3. rows: the appointment, or the doctor and then their schedule.

A transaction may leave steps out, but never goes back. Booking and moving need all three. The deletion of a patient
needs the first and the third. What ends a visit locks its row only, and a change of a schedule the rows of step 3.
Reminders lock rows of many patients, but skip those that are locked, so they wait for nobody.

An exclusion constraint makes an insert or update wait for another transaction that writes a conflicting row, whatever
it has locked. `obstacles`, which is called after the second step, refuses such a booking before it writes. So the
constraints never make anybody wait; they only keep their promise should the code be wrong.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, Text, exists, func, literal, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.appointment.entity import Appointment, AppointmentFilter, DeletedPatient
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


@dataclass(frozen=True, slots=True)
class Obstacles:
    """The reasons why a time cannot be booked."""

    patient_deleted: bool
    doctor_busy: bool
    patient_busy: bool


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

    async def lock(self, patient_id: UUID, doctor_id: UUID | None = None) -> None:
        """Locks the patient and then, if one is given, the doctor until the transaction ends.

        Waits for other transactions that hold these locks. Without them, concurrent bookings of one slot would meet at
        the exclusion constraints and end in deadlocks, each of which PostgreSQL detects only after a second.
        """
        keys = [f"patient {patient_id}"] + ([f"doctor {doctor_id}"] if doctor_id else [])
        key = func.unnest(literal(keys, ARRAY(Text)), type_=Text).column_valued("key")
        await self._session.execute(select(_advisory_lock(key)))

    async def lock_for_change(self, id: UUID, doctor_id: UUID | None, owner: UUID | None) -> None:
        """Locks the appointment's patient, and then the doctor: `doctor_id`, or else the appointment's own."""
        patient = func.concat("patient ", Appointment.patient_id)
        doctor = func.concat("doctor ", func.coalesce(doctor_id, Appointment.doctor_id))
        # Two statements: the second sees the doctor that the previous holder of the patient's lock committed.
        for key in (patient, doctor):
            statement = _visible(owner).where(Appointment.id == id)
            await self._session.execute(statement.with_only_columns(_advisory_lock(key)))

    async def obstacles(
        self, patient_id: UUID, doctor_id: UUID, time: Interval, moved_id: UUID | None = None
    ) -> Obstacles:
        """Returns what is against booking a time for a patient and a doctor, who are locked.

        The appointment `moved_id` does not count. Until this transaction ends no other one can add an appointment,
        because it would have to lock the same patient or doctor.
        """
        deleted = exists().where(DeletedPatient.id == patient_id)
        overlaps = _overlapping(time) if moved_id is None else _overlapping(time).where(Appointment.id != moved_id)
        doctor_busy = overlaps.where(Appointment.doctor_id == doctor_id)
        patient_busy = overlaps.where(Appointment.patient_id == patient_id)
        return Obstacles(*(await self._session.execute(select(deleted, doctor_busy, patient_busy))).one())

    async def remember_deleted_patient(self, patient_id: UUID) -> None:
        """Writes that the patient is deleted, so that nothing is booked for them from now on. The patient is locked."""
        await self._session.execute(insert(DeletedPatient).values(id=patient_id).on_conflict_do_nothing())

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


def _advisory_lock(key: Any) -> Any:
    """Returns the call that locks the text `key`."""
    return func.pg_advisory_xact_lock(func.hashtextextended(key, 0))


def _overlapping(time: Interval) -> Any:
    """Returns the condition that there is a booked appointment at that time; add whose."""
    booked = exists().where(Appointment.status == _BOOKED)
    return booked.where(Appointment.date < time.end, Appointment.ends_at > time.start)


def _visible(owner: UUID | None) -> Select[Appointment]:
    """Selects all appointments or, with an owner, those of their own record."""
    statement = select(Appointment)
    return statement if owner is None else statement.where(Appointment.patient_owner_id == owner)
