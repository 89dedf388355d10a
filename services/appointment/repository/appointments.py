"""The SQL of appointments. Never commits.

`owner` limits a statement to the appointments of one user's own record; None is for callers who may see all.

All transactions of this service lock in one order, so that none can wait for another in a circle:

1. the patient, by an advisory lock (`lock`, `lock_for_change`),
2. the doctor, by an advisory lock,
3. rows: the appointment, or the doctor and then their schedule.

A transaction may leave steps out, but never goes back. Booking, moving and reopening need all three. The deletion of a
patient needs the first and the third. What ends a visit locks its row only, and a change of a schedule the rows of step
3. Reminders lock rows of many patients, but skip those that are locked, so they wait for nobody.

An exclusion constraint makes an insert or update wait for another transaction that writes a conflicting row, whatever
it has locked. A service looks with `prospect` after the second step, and refuses such a booking before it writes. So
the constraints never make anybody wait; they only keep their promise should the code be wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Text,
    Uuid,
    any_,
    bindparam,
    cast,
    exists,
    func,
    null,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from services.appointment.entity import (
    APPOINTMENT,
    DELETED_PATIENT,
    DOCTOR,
    Appointment,
    AppointmentFilter,
    Obstacles,
    ScheduledDoctor,
)
from services.appointment.repository.overlaps import BOOKED, overlapping
from services.appointment.repository.schedules import scheduled_doctor, scheduled_doctor_of
from services.appointment.schedule import Interval
from services.common.audit import Reading
from services.common.paging import ASC, DESC, Keyset, PageRequest, Slice
from services.common.sql import Statement
from services.common.unit_of_work import UnitOfWork

DOCTOR_TAKEN, PATIENT_TAKEN = "appointment_doctor_free", "appointment_patient_free"
NamedVisit = tuple[Appointment, str | None]
"""An appointment and its doctor's name, which events contain. It is None when the doctor cannot be booked any more."""


def _visible() -> Select[Any]:
    """Selects the appointment `id`, if it is of the owner's record. An `owner` of None sees all."""
    owner = bindparam("owner", type_=Uuid)
    mine = or_(owner.is_(None), APPOINTMENT.c.patient_owner_id == owner)
    return select(APPOINTMENT).where(APPOINTMENT.c.id == bindparam("id"), mine)


def _advisory_lock(key: Any) -> Any:
    """Returns the call that locks the text `key`."""
    return func.pg_advisory_xact_lock(func.hashtextextended(key, 0))


def _lock_all() -> Statement:
    key = func.unnest(bindparam("keys", type_=ARRAY(Text)), type_=Text).column_valued("key")
    return Statement(select(_advisory_lock(key)), transactional=True)


def _lock_patient() -> Statement:
    patient = func.concat("patient ", APPOINTMENT.c.patient_id)
    return Statement(_visible().with_only_columns(_advisory_lock(patient)), transactional=True)


def _lock_doctor_and_row() -> Statement:
    """The row is locked when the join has locked the doctor."""
    doctor = func.concat("doctor ", func.coalesce(bindparam("doctor_id", type_=Uuid), APPOINTMENT.c.doctor_id))
    # PostgreSQL copies the columns of rows that it does not lock, which it cannot do with the type void.
    lock = _visible().with_only_columns(cast(_advisory_lock(doctor), Text).label("held")).cte("doctor_lock")
    return Statement(_visible().join(lock, true()).with_for_update(of=APPOINTMENT))


# A subquery, and not a join: when the row has changed while it was waited for, the name is that of its present doctor.
_DOCTOR_NAME = (
    select(DOCTOR.c.name)
    .where(DOCTOR.c.id == APPOINTMENT.c.doctor_id, DOCTOR.c.active)
    .correlate(APPOINTMENT)
    .scalar_subquery()
    .label("doctor_name")
)


def _obstacles() -> tuple[ColumnElement[bool], ...]:
    """Returns the columns of `Obstacles`."""
    deleted = exists().where(DELETED_PATIENT.c.id == bindparam("patient_id"))
    others = exists().where(overlapping(), APPOINTMENT.c.id.is_distinct_from(bindparam("moved_id")))
    doctor_busy = others.where(APPOINTMENT.c.doctor_id == bindparam("doctor_id"))
    patient_busy = others.where(APPOINTMENT.c.patient_id == bindparam("patient_id"))
    return deleted, doctor_busy, patient_busy


def _reopening() -> Statement:
    name = select(DOCTOR.c.name).where(DOCTOR.c.id == bindparam("doctor_id"), DOCTOR.c.active).scalar_subquery()
    return Statement(select(name, *_obstacles()))


def _delete_patient() -> Statement:
    remembered = insert(DELETED_PATIENT).values(id=bindparam("patient_id")).on_conflict_do_nothing()
    upcoming = select(APPOINTMENT, _DOCTOR_NAME).where(APPOINTMENT.c.patient_id == bindparam("patient_id"), BOOKED)
    upcoming = upcoming.where(APPOINTMENT.c.date > bindparam("now")).with_for_update(of=APPOINTMENT)
    return Statement(upcoming.add_cte(remembered.cte("remembered")))


def _take_due() -> Statement:
    due = select(APPOINTMENT.c.id, APPOINTMENT.c.remind_at).where(APPOINTMENT.c.remind_at <= bindparam("now"))
    due = due.order_by(APPOINTMENT.c.remind_at).limit(bindparam("limit"))
    taken = due.with_for_update(skip_locked=True).cte("due")
    change = update(APPOINTMENT).where(APPOINTMENT.c.id == taken.c.id).values(remind_at=null())
    return Statement(change.returning(APPOINTMENT, _DOCTOR_NAME, taken.c.remind_at.label("due_at")))


_BY_ID = Statement(_visible(), patient="patient_id")
_LOCKED = Statement(_visible().add_columns(_DOCTOR_NAME).with_for_update(of=APPOINTMENT))
_EXISTS = Statement(select(APPOINTMENT.c.id).where(APPOINTMENT.c.id == bindparam("id")))
_LOCK_ALL, _LOCK_PATIENT, _LOCK_DOCTOR_AND_ROW = _lock_all(), _lock_patient(), _lock_doctor_and_row()
_PROSPECT, _REOPENING = Statement(scheduled_doctor().add_columns(*_obstacles())), _reopening()
_DELETE_PATIENT, _TAKE_DUE = _delete_patient(), _take_due()
_EARLIEST_FIRST = Keyset("date", (APPOINTMENT.c.date, ASC), (APPOINTMENT.c.id, ASC))
_LATEST_FIRST = Keyset("-date", (APPOINTMENT.c.date, DESC), (APPOINTMENT.c.id, DESC))
_CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    "owner": APPOINTMENT.c.patient_owner_id == bindparam("owner"),
    "patient_id": APPOINTMENT.c.patient_id == bindparam("patient_id"),
    "doctor_id": APPOINTMENT.c.doctor_id == bindparam("doctor_id"),
    "since": APPOINTMENT.c.date >= bindparam("since"),
    "until": APPOINTMENT.c.date < bindparam("until"),
    # One state has an index in the order of the list. Several are a condition on what the other indexes find.
    "status": APPOINTMENT.c.status == bindparam("status"),
    "statuses": APPOINTMENT.c.status == any_(bindparam("statuses", type_=ARRAY(Text))),
}


@cache
def _list(given: tuple[str, ...], order: Keyset, after: bool) -> Statement:
    statement = select(APPOINTMENT).where(*(_CONDITIONS[name] for name in given))
    return Statement(order.apply(statement, after=after), patient="patient_id", names_rows=True)


class AppointmentRepository:
    """Appointments, in one transaction."""

    def __init__(self, uow: UnitOfWork) -> None:
        self._uow = uow

    async def get(self, id: UUID, owner: UUID | None, reading: Reading) -> Appointment | None:
        """Returns the appointment, to read it."""
        return await self._uow.one(_BY_ID, Appointment, reading, id=id, owner=owner)

    async def get_for_update(self, id: UUID, owner: UUID | None) -> NamedVisit | None:
        """Returns the appointment and locks it until the transaction ends."""
        return await self._uow.one(_LOCKED, _named, id=id, owner=owner)

    async def get_for_move(self, id: UUID, doctor_id: UUID | None, owner: UUID | None) -> Appointment | None:
        """Returns the appointment, when its patient, the doctor and it are locked until the transaction ends.

        The doctor is `doctor_id`, or else the appointment's own.
        """
        # Two statements: the second sees the doctor that the previous holder of the patient's lock committed.
        await self._uow.execute(_LOCK_PATIENT, id=id, owner=owner)
        return await self._uow.one(_LOCK_DOCTOR_AND_ROW, Appointment, id=id, doctor_id=doctor_id, owner=owner)

    async def exists(self, id: UUID) -> bool:
        """Returns whether there is such an appointment, of any patient. For denials in the audit log only."""
        return await self._uow.value(_EXISTS, id=id) is not None

    async def lock(self, patient_id: UUID, doctor_id: UUID | None = None) -> None:
        """Locks the patient and then, if one is given, the doctor until the transaction ends.

        Waits for other transactions that hold these locks. Without them, concurrent bookings of one slot would meet at
        the exclusion constraints and end in deadlocks, each of which PostgreSQL detects only after a second.
        """
        keys = [f"patient {patient_id}"] + ([f"doctor {doctor_id}"] if doctor_id else [])
        await self._uow.execute(_LOCK_ALL, keys=keys)

    async def prospect(
        self, patient_id: UUID, doctor_id: UUID, time: Interval, moved_id: UUID | None = None
    ) -> tuple[ScheduledDoctor, Obstacles] | None:
        """Returns the doctor, and what is against booking a time for a patient and them; both are locked.

        Returns None when there is no such doctor. The appointment `moved_id` does not count. Until this transaction
        ends no other one can add an appointment, because it would have to lock the same patient or doctor.
        """
        return await self._uow.one(
            _PROSPECT,
            _prospect_of,
            patient_id=patient_id,
            doctor_id=doctor_id,
            start=time.start,
            end=time.end,
            moved_id=moved_id,
        )

    async def obstacles(self, appointment: Appointment) -> tuple[str | None, Obstacles]:
        """Returns the name of the appointment's doctor, and what is against its being booked again.

        Its patient and doctor are locked. The name is None when the doctor cannot be booked any more.
        """
        found = await self._uow.one(
            _REOPENING,
            _name_and_obstacles,
            patient_id=appointment.patient_id,
            doctor_id=appointment.doctor_id,
            start=appointment.date,
            end=appointment.ends_at,
            moved_id=appointment.id,
        )
        assert found is not None  # a SELECT without a table has one row
        return found

    async def delete_patient(self, patient_id: UUID, now: datetime) -> Sequence[NamedVisit]:
        """Writes that the patient, who is locked, is deleted, so that nothing is booked for them from now on.

        Returns their booked appointments that start later than `now`, and locks them.
        """
        return await self._uow.all(_DELETE_PATIENT, _named, patient_id=patient_id, now=now)

    def add(self, appointment: Appointment) -> None:
        """Writes a new appointment."""
        self._uow.add(APPOINTMENT, appointment)

    def change(self, appointment: Appointment) -> None:
        """Writes a changed appointment."""
        self._uow.change(APPOINTMENT, appointment)

    async def page(
        self, filter: AppointmentFilter, owner: UUID | None, page: PageRequest, reading: Reading
    ) -> Slice[Appointment]:
        """Returns one page of the appointments that match."""
        order = _LATEST_FIRST if filter.latest_first else _EARLIEST_FIRST
        values = {"owner": owner, **_values(filter)}
        given = tuple(name for name, value in values.items() if value is not None)
        statement = _list(given, order, page.cursor is not None)
        values |= order.values(page)
        return order.page(await self._uow.page(statement, Appointment, reading, page.limit, **values), page)

    async def take_due(self, now: datetime, limit: int) -> Sequence[tuple[Appointment, str | None, datetime]]:
        """Returns appointments whose reminder is due, with the name of the doctor and when it was due.

        They are due no more. Those that another transaction has locked are skipped.
        """
        return await self._uow.all(_TAKE_DUE, _due, now=now, limit=limit)


def _values(filter: AppointmentFilter) -> dict[str, Any]:
    """Returns the parameters of `_CONDITIONS`. None leaves a condition out."""
    several = len(filter.statuses) > 1
    return {
        "patient_id": filter.patient_id,
        "doctor_id": filter.doctor_id,
        "since": filter.since,
        "until": filter.until,
        "status": filter.statuses[0] if filter.statuses and not several else None,
        "statuses": list(filter.statuses) if several else None,
    }


def _named(*row: Any) -> NamedVisit:
    return Appointment(*row[:-1]), row[-1]


def _name_and_obstacles(*row: Any) -> tuple[str | None, Obstacles]:
    return row[0], Obstacles(*row[1:])


def _due(*row: Any) -> tuple[Appointment, str | None, datetime]:
    return Appointment(*row[:-2]), row[-2], row[-1]


def _prospect_of(*row: Any) -> tuple[ScheduledDoctor, Obstacles]:
    return scheduled_doctor_of(*row[:-3]), Obstacles(*row[-3:])
