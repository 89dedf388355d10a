"""The use cases of appointments and the rules of booking."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NoReturn
from uuid import UUID

from services.appointment import mapper
from services.appointment.cancellation import Terms, cause
from services.appointment.config import AppointmentSettings
from services.appointment.entity import (
    Appointment,
    AppointmentChange,
    AppointmentDetails,
    AppointmentFilter,
    Cancellation,
    Doctor,
)
from services.appointment.grpc_clients import PatientClient
from services.appointment.repository.appointments import (
    DOCTOR_TAKEN,
    PATIENT_TAKEN,
    AppointmentRepository,
    NamedVisit,
)
from services.common.audit import Reading
from services.common.clock import utc_now
from services.common.errors import Conflict, Problem, Unprocessable
from services.common.etags import Condition
from services.common.identifiers import uuid7
from services.common.paging import PageRequest, Slice
from services.common.security.principal import Principal
from services.common.unit_of_work import UnitOfWork
from services.contracts.events import AppointmentStatus, CausedBy
from services.contracts.roles import Role

RESOURCE = "appointment"
MAX_OPEN = 50


class AppointmentService:
    """Appointments, for one caller in one transaction."""

    def __init__(
        self,
        principal: Principal,
        uow: UnitOfWork,
        settings: AppointmentSettings,
        appointments: AppointmentRepository,
        patients: PatientClient,
    ) -> None:
        self._principal = principal
        self._uow = uow
        self._settings = settings
        self._appointments = appointments
        self._patients = patients
        self._terms = Terms(
            timedelta(hours=settings.cancellation_window_hours), timedelta(minutes=settings.cancellation_grace_minutes)
        )
        self._owner = principal.owner_limit(Role.ADMIN, Role.STAFF, Role.DOCTOR)

    async def book(self, patient_id: UUID, details: AppointmentDetails) -> Appointment:
        """Books an appointment. Raises Unprocessable, Conflict when the time is taken, and Unavailable."""
        now = utc_now()
        self._check_start(details, now)
        async with self._uow.released():
            patient = await self._patients.find(patient_id)
        if patient is None or (self._owner and patient.owner_user_id != self._owner):
            raise _unknown_patient()
        await self._appointments.lock(patient_id, details.doctor_id)
        doctor, time_zone = await self._free_doctor(patient_id, details)
        appointment = Appointment(
            id=uuid7(),
            patient_id=patient.id,
            doctor_id=doctor.id,
            date=details.time.start,
            ends_at=details.time.end,
            duration_minutes=details.duration_minutes,
            status=AppointmentStatus.BOOKED.value,
            reason=details.reason,
            time_zone=time_zone,
            patient_owner_id=patient.owner_user_id,
            reschedules=0,
            booked_at=now,
            updated_at=now,
            remind_at=reminder_time(details.time.start, self._settings, now),
            version=1,
            free_until=self._terms.free_until(details.time.start, now),
        )
        self._appointments.add(appointment)
        self._uow.refuse(REFUSALS)
        self._uow.publish(mapper.appointment_booked_event(appointment, doctor.name))
        self._record("create", appointment)
        return appointment

    async def get(self, id: UUID) -> Appointment:
        """Returns the appointment. Raises NotFound."""
        appointment = await self._appointments.get(id, self._owner, Reading("read", RESOURCE))
        if appointment is None:
            await self._not_found("read", id)
        return appointment

    async def list(self, filter: AppointmentFilter, page: PageRequest) -> Slice[Appointment]:
        """Returns one page of the appointments that the caller may read."""
        return await self._appointments.page(filter, self._owner, page, Reading("list", RESOURCE))

    async def list_open(self, patient_id: UUID) -> Sequence[Appointment]:
        """Returns the patient's booked appointments that the caller may read, at most `MAX_OPEN`."""
        booked = AppointmentFilter(patient_id=patient_id, statuses=(AppointmentStatus.BOOKED,))
        return (await self.list(booked, PageRequest(limit=MAX_OPEN))).items

    async def change(self, id: UUID, change: AppointmentChange, condition: Condition) -> Appointment:
        """Moves the appointment or changes its length or reason; equal details change nothing.

        Raises NotFound, PreconditionFailed, Forbidden, Conflict and Unprocessable.
        """
        appointment = await self._appointments.get_for_move(id, change.doctor_id, self._owner)
        if appointment is None:
            await self._not_found("update", id)
        caused_by = cause(self._principal, appointment.patient_owner_id, change.caused_by)
        _check_booked(appointment, condition)
        if change.patient_id not in (None, appointment.patient_id):
            raise Unprocessable("patient-fixed", "The patient cannot be changed: book another appointment.")
        details = change.details_of(appointment)
        if (details.doctor_id, details.time) != (appointment.doctor_id, appointment.time):
            await self._move(appointment, details, caused_by)
        elif details.reason != appointment.reason:
            appointment.reason = details.reason
            self._next_version(appointment, utc_now())
        else:
            return appointment
        self._appointments.change(appointment)
        self._record("update", appointment)
        return appointment

    async def _move(self, appointment: Appointment, details: AppointmentDetails, caused_by: CausedBy) -> None:
        by_patient = caused_by is CausedBy.PATIENT
        if by_patient and appointment.reschedules >= self._settings.max_reschedules:
            raise Conflict("too-many-reschedules", "The appointment was moved as often as the clinic allows.")
        now, previous = utc_now(), appointment.date
        _check_not_started(appointment, now)
        self._check_start(details, now)
        doctor, time_zone = await self._free_doctor(appointment.patient_id, details, appointment.id)
        appointment.reschedules += by_patient
        appointment.free_until = (
            self._terms.free_until_after_own_move(details.time.start, appointment.free_cancellation_until, now)
            if by_patient
            else self._terms.free_until_after_clinics_move(details.time.start, now)
        )
        appointment.doctor_id, appointment.reason = doctor.id, details.reason
        appointment.date, appointment.ends_at = details.time.start, details.time.end
        appointment.duration_minutes, appointment.time_zone = details.duration_minutes, time_zone
        appointment.remind_at = reminder_time(details.time.start, self._settings, now)
        self._next_version(appointment, now)
        self._uow.refuse(REFUSALS)
        self._uow.publish(mapper.appointment_rescheduled_event(appointment, doctor.name, previous, caused_by))

    async def cancel(self, id: UUID, cancellation: Cancellation, condition: Condition) -> Appointment:
        """Cancels the appointment before it starts. Raises NotFound, PreconditionFailed, Forbidden and Conflict."""
        (appointment, doctor), now = await self._get_booked("cancel", id, condition), utc_now()
        caused_by = cause(self._principal, appointment.patient_owner_id, cancellation.caused_by)
        _check_not_started(appointment, now)
        appointment.cancellation_reason = cancellation.reason
        self._cancel(appointment, doctor, now, caused_by)
        return appointment

    async def cancel_of_patient(self, patient_id: UUID) -> None:
        """Cancels the upcoming appointments of a patient who was deleted, at no fee. Later bookings are refused."""
        await self._appointments.lock(patient_id)
        now = utc_now()
        for appointment, doctor in await self._appointments.delete_patient(patient_id, now):
            self._cancel(appointment, doctor, now, CausedBy.CLINIC)

    def _cancel(self, appointment: Appointment, doctor: str | None, now: datetime, caused_by: CausedBy) -> None:
        late = caused_by is CausedBy.PATIENT and now > appointment.free_cancellation_until
        appointment.cancelled_by = caused_by.value
        self._end("cancel", appointment, AppointmentStatus.CANCELLED, now)
        self._uow.publish(mapper.appointment_cancelled_event(appointment, doctor, late))

    async def complete(self, id: UUID, condition: Condition) -> Appointment:
        """Records that the visit took place, perhaps early. Raises NotFound, PreconditionFailed and Conflict."""
        appointment, doctor = await self._get_booked("complete", id, condition)
        self._end("complete", appointment, AppointmentStatus.COMPLETED, utc_now())
        self._uow.publish(mapper.appointment_completed_event(appointment, doctor))
        return appointment

    async def record_no_show(self, id: UUID, condition: Condition) -> Appointment:
        """Records, after the start, that the patient did not come. Raises NotFound, PreconditionFailed and Conflict."""
        (appointment, doctor), now = await self._get_booked("no-show", id, condition), utc_now()
        if now < appointment.date:
            raise Conflict("not-yet-started", "The appointment has not started yet.")
        self._end("no-show", appointment, AppointmentStatus.NO_SHOW, now)
        self._uow.publish(mapper.appointment_no_show_event(appointment, doctor))
        return appointment

    def _check_start(self, details: AppointmentDetails, now: datetime) -> None:
        """Raises Unprocessable when the start is too soon or too far ahead."""
        settings, start = self._settings, details.time.start
        if start <= now:
            raise Unprocessable("in-the-past", "An appointment must be in the future.")
        if start < now + timedelta(minutes=settings.booking_lead_minutes):
            raise Unprocessable("too-soon", f"The start must be at least {settings.booking_lead_minutes} minutes away.")
        if start > now + timedelta(days=settings.booking_horizon_days):
            raise Unprocessable("too-far", f"The start must be at most {settings.booking_horizon_days} days away.")

    async def _free_doctor(
        self, patient_id: UUID, details: AppointmentDetails, moved_id: UUID | None = None
    ) -> tuple[Doctor, str]:
        """Returns the doctor and the time zone of their schedule. Patient and doctor are locked.

        Raises Unprocessable when the doctor is unknown or does not work at that time, or when the patient was deleted
        after the look-up, and Conflict when the time is taken.
        """
        found = await self._appointments.prospect(patient_id, details.doctor_id, details.time, moved_id)
        if found is None:
            raise Unprocessable("unknown-doctor", "There is no such doctor.")
        doctor, obstacles = found
        schedule = mapper.applying_schedule(doctor.own, self._settings)
        if not schedule.covers(details.time):
            raise Unprocessable("outside-hours", "The doctor does not receive patients at that time.")
        if obstacles.patient_deleted:
            raise _unknown_patient()
        if obstacles.doctor_busy:
            raise slot_taken()
        if obstacles.patient_busy:
            raise patient_busy()
        return doctor.doctor, schedule.time_zone

    async def _get_booked(self, action: str, id: UUID, condition: Condition) -> NamedVisit:
        """Returns the appointment, locked, with its doctor's name. Raises Conflict when it is not BOOKED."""
        found = await self._appointments.get_for_update(id, self._owner)
        if found is None:
            await self._not_found(action, id)
        _check_booked(found[0], condition)
        return found

    def _end(self, action: str, appointment: Appointment, status: AppointmentStatus, now: datetime) -> None:
        appointment.status, appointment.remind_at = status.value, None
        self._next_version(appointment, now)
        self._appointments.change(appointment)
        self._record(action, appointment)

    def _next_version(self, appointment: Appointment, now: datetime) -> None:
        appointment.version += 1
        appointment.updated_at = now

    async def _not_found(self, action: str, id: UUID) -> NoReturn:
        hidden = self._owner is not None and await self._appointments.exists(id)
        await self._uow.not_found(action, RESOURCE, id if hidden else None)

    def _record(self, action: str, appointment: Appointment) -> None:
        self._uow.record(action, RESOURCE, appointment.id, patient_id=appointment.patient_id)


def reminder_time(start: datetime, settings: AppointmentSettings, now: datetime) -> datetime | None:
    """Returns None for a booking at shorter notice: it needs no reminder, because it is confirmed just now."""
    remind_at = start - timedelta(hours=settings.reminder_hours)
    return remind_at if remind_at > now else None


def _check_booked(appointment: Appointment, condition: Condition) -> None:
    """Raises PreconditionFailed, and Conflict for an appointment that is not BOOKED: only such a one can be changed."""
    condition.check(appointment.version)
    if appointment.status != AppointmentStatus.BOOKED:
        raise Conflict("illegal-transition", f"The appointment is {appointment.status}.", current=appointment.status)


def _check_not_started(appointment: Appointment, now: datetime) -> None:
    if now >= appointment.date:
        raise Conflict(
            "already-started", "The appointment has started: it can only be completed or recorded as a no-show."
        )


def _unknown_patient() -> Unprocessable:
    return Unprocessable("unknown-patient", "There is no such patient.")


def slot_taken() -> Conflict:
    """Returns the problem of a doctor who is not free."""
    return Conflict("slot-taken", "The doctor has another appointment at that time.")


def patient_busy() -> Conflict:
    """Returns the problem of a patient who is not free."""
    return Conflict("patient-busy", "The patient has another appointment at that time.")


REFUSALS: Mapping[str, Callable[[], Problem]] = {DOCTOR_TAKEN: slot_taken, PATIENT_TAKEN: patient_busy}
"""The problems that violations of the exclusion constraints are."""
