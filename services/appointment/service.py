"""The rules of booking."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NoReturn, Protocol
from uuid import UUID

from services.appointment import mapper
from services.appointment.config import AppointmentSettings
from services.appointment.entity import Appointment, Doctor, Filters, Patient, Visit
from services.appointment.repository import DOCTOR_TAKEN, AppointmentRepository, Overlap
from services.appointment.schedule import Interval
from services.appointment.schedules import Schedules
from services.common.clock import utc_now
from services.common.errors import Conflict, Unprocessable
from services.common.etags import Condition
from services.common.identifiers import uuid7
from services.common.paging import PageRequest, Slice
from services.common.security.principal import Principal
from services.common.unit_of_work import UnitOfWork
from services.contracts.events import AppointmentStatus
from services.contracts.roles import Role

RESOURCE = "appointment"


class Patients(Protocol):
    """Where patients are looked up, in the caller's name."""

    async def find(self, id: UUID) -> Patient | None:
        """The patient, if there is one that the caller may see. Raises Unavailable."""


class AppointmentService:
    """What one caller does to appointments, in one transaction."""

    def __init__(
        self,
        principal: Principal,
        work: UnitOfWork,
        settings: AppointmentSettings,
        appointments: AppointmentRepository,
        schedules: Schedules,
        patients: Patients,
    ) -> None:
        self._principal = principal
        self._owner = principal.subject if principal.only_patient else None
        self._work = work
        self._settings = settings
        self._appointments = appointments
        self._schedules = schedules
        self._patients = patients

    async def book(self, patient_id: UUID, visit: Visit) -> Appointment:
        """Takes a slot. Raises Unprocessable, Conflict when it is taken, Unavailable when patients cannot be seen."""
        now = utc_now()
        doctor, time_zone = await self._bookable(visit, now)
        # Before the look-up: should the patient be deleted after it, what frees their hours waits for this booking.
        await self._appointments.take_patients_turn(patient_id)
        patient = await self._patients.find(patient_id)
        if patient is None or (self._owner and patient.owner_user_id != self._owner):
            raise Unprocessable("unknown-patient", "There is no such patient.")
        await self._appointments.take_doctors_turn(doctor.id)
        appointment = Appointment(
            id=uuid7(),
            patient_id=patient.id,
            patient_owner_id=patient.owner_user_id,
            status=AppointmentStatus.BOOKED.value,
            reschedules=0,
            moved_late=False,
            booked_at=now,
            updated_at=now,
            version=1,
        )
        self._assign(appointment, visit, doctor, time_zone, now)
        await self._save(appointment)
        self._work.publish(mapper.booked_event(appointment, doctor))
        self._record("create", appointment)
        return appointment

    async def get(self, id: UUID) -> Appointment:
        """The appointment. Raises NotFound."""
        appointment = await self._appointments.get(id, self._owner)
        if appointment is None:
            await self._not_found("read", id)
        self._record("read", appointment)
        return appointment

    async def list(self, filters: Filters, page: PageRequest) -> Slice[Appointment]:
        """One page of those that the caller may see."""
        found = await self._appointments.list(filters, self._owner, page)
        ids = ",".join(str(item.id) for item in found.items) or None
        self._work.record("list", RESOURCE, ids, patient_ids=[item.patient_id for item in found.items])
        return found

    async def change(self, id: UUID, patient_id: UUID | None, visit: Visit, condition: Condition) -> Appointment:
        """Moves it, or notes another reason. Raises NotFound, PreconditionFailed, Conflict, Unprocessable."""
        appointment = await self._booked("update", id, condition)
        if patient_id not in (None, appointment.patient_id):
            raise Unprocessable("patient-fixed", "An appointment's patient cannot change: book another.")
        visit = replace(visit, doctor_id=visit.doctor_id or appointment.doctor_id)
        if (visit.doctor_id, visit.time) != (appointment.doctor_id, _time(appointment)):
            await self._move(appointment, visit)
        elif visit.reason != appointment.reason:
            appointment.reason = visit.reason
            self._next_version(appointment, utc_now())
        else:
            return appointment
        self._record("update", appointment)
        return appointment

    async def _move(self, appointment: Appointment, visit: Visit) -> None:
        if appointment.reschedules >= self._settings.max_reschedules:
            raise Conflict("too-many-reschedules", "This appointment was moved as often as the clinic allows.")
        now, previous = utc_now(), appointment.date
        _refuse_begun(appointment, now)
        doctor, time_zone = await self._bookable(visit, now)
        await self._appointments.take_patients_turn(appointment.patient_id)
        await self._appointments.take_doctors_turn(doctor.id)
        appointment.reschedules += 1
        appointment.moved_late = self._is_late(appointment, now)
        self._assign(appointment, visit, doctor, time_zone, now)
        self._next_version(appointment, now)
        await self._save(appointment)
        self._work.publish(mapper.rescheduled_event(appointment, doctor, previous))

    async def cancel(self, id: UUID, condition: Condition) -> Appointment:
        """Frees the slot; late inside the cancellation window. Raises NotFound, PreconditionFailed, Conflict."""
        appointment, now = await self._booked("cancel", id, condition), utc_now()
        _refuse_begun(appointment, now)
        late = self._is_late(appointment, now)
        self._end(appointment, AppointmentStatus.CANCELLED, now)
        self._work.publish(mapper.cancelled_event(appointment, await self._doctor(appointment), late))
        self._record("cancel", appointment)
        return appointment

    async def complete(self, id: UUID, condition: Condition) -> Appointment:
        """The visit took place, perhaps early. Raises NotFound, PreconditionFailed, Conflict."""
        appointment = await self._booked("complete", id, condition)
        self._end(appointment, AppointmentStatus.COMPLETED, utc_now())
        self._work.publish(mapper.completed_event(appointment, await self._doctor(appointment)))
        self._record("complete", appointment)
        return appointment

    async def no_show(self, id: UUID, condition: Condition) -> Appointment:
        """The patient did not come, which nobody knows before the hour. Raises like `complete`."""
        appointment, now = await self._booked("no-show", id, condition), utc_now()
        if now < appointment.date:
            raise Conflict("not-yet-started", "The visit has not begun.")
        self._end(appointment, AppointmentStatus.NO_SHOW, now)
        self._work.publish(mapper.no_show_event(appointment, await self._doctor(appointment)))
        self._record("no-show", appointment)
        return appointment

    async def _bookable(self, visit: Visit, now: datetime) -> tuple[Doctor, str]:
        """The doctor and the zone of their hours. Raises Unprocessable when the visit is against the rules."""
        settings = self._settings
        if visit.time.start <= now:
            raise Unprocessable("in-the-past", "The visit must be in the future.")
        if visit.time.start < now + timedelta(minutes=settings.booking_lead_minutes):
            raise Unprocessable("too-soon", f"A visit is bookable {settings.booking_lead_minutes} minutes ahead.")
        if visit.time.start > now + timedelta(days=settings.booking_horizon_days):
            raise Unprocessable("too-far", f"A visit is bookable at most {settings.booking_horizon_days} days ahead.")
        doctor = await self._schedules.active_doctor(visit.doctor_id) if visit.doctor_id else None
        if doctor is None:
            raise Unprocessable("unknown-doctor", "There is no such doctor.")
        schedule = await self._schedules.of(doctor.id)
        if not schedule.covers(visit.time):
            raise Unprocessable("outside-hours", "The doctor does not receive patients at that time.")
        return doctor, schedule.time_zone

    async def _booked(self, action: str, id: UUID, condition: Condition) -> Appointment:
        """The appointment, locked, and in the only state that anything can be done from."""
        appointment = await self._appointments.get_locked(id, self._owner)
        if appointment is None:
            await self._not_found(action, id)
        condition.check(appointment.version)
        if appointment.status != AppointmentStatus.BOOKED:
            raise Conflict(
                "illegal-transition", f"The appointment is {appointment.status}.", current=appointment.status
            )
        return appointment

    def _is_late(self, appointment: Appointment, now: datetime) -> bool:
        """Inside the cancellation window, out of which no move leads; but nobody pays for what the doctor calls off."""
        window = timedelta(hours=self._settings.cancellation_window_hours)
        by_doctor = self._principal.roles == {Role.DOCTOR}
        return not by_doctor and (appointment.moved_late or now > appointment.date - window)

    async def _save(self, appointment: Appointment) -> None:
        try:
            await self._appointments.save(appointment)
        except Overlap as overlap:
            if overlap.constraint == DOCTOR_TAKEN:
                raise Conflict("slot-taken", "The doctor is booked at that time.") from overlap
            raise Conflict("patient-busy", "The patient has another appointment at that time.") from overlap

    def _assign(self, appointment: Appointment, visit: Visit, doctor: Doctor, time_zone: str, now: datetime) -> None:
        appointment.doctor_id, appointment.reason = doctor.id, visit.reason
        appointment.date, appointment.ends_at = visit.time.start, visit.time.end
        appointment.duration_minutes, appointment.time_zone = visit.duration_minutes, time_zone
        remind_at = visit.time.start - timedelta(hours=self._settings.reminder_hours)
        # Who books at shorter notice has just been told.
        appointment.remind_at = remind_at if remind_at > now else None

    def _end(self, appointment: Appointment, status: AppointmentStatus, now: datetime) -> None:
        appointment.status, appointment.remind_at = status.value, None
        self._next_version(appointment, now)

    def _next_version(self, appointment: Appointment, now: datetime) -> None:
        appointment.version += 1
        appointment.updated_at = now

    async def _doctor(self, appointment: Appointment) -> Doctor | None:
        return await self._schedules.active_doctor(appointment.doctor_id)

    async def _not_found(self, action: str, id: UUID) -> NoReturn:
        hidden = self._owner is not None and await self._appointments.exists(id)
        await self._work.not_found(action, RESOURCE, id if hidden else None)

    def _record(self, action: str, appointment: Appointment) -> None:
        self._work.record(action, RESOURCE, appointment.id, patient_id=appointment.patient_id)


def _time(appointment: Appointment) -> Interval:
    return Interval(appointment.date, appointment.ends_at)


def _refuse_begun(appointment: Appointment, now: datetime) -> None:
    if now >= appointment.date:
        raise Conflict("already-started", "The visit has begun: it can be completed, or be noted as a no-show.")
