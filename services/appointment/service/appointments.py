"""The use cases of appointments and the rules of booking."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import NoReturn
from uuid import UUID

from services.appointment import mapper
from services.appointment.config import AppointmentSettings
from services.appointment.entity import Appointment, AppointmentDetails, AppointmentFilter, Doctor
from services.appointment.grpc_clients import PatientClient
from services.appointment.repository.appointments import DOCTOR_TAKEN, AppointmentRepository, Overlap
from services.appointment.repository.doctors import DoctorRepository
from services.appointment.service.schedules import ScheduleService
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


class AppointmentService:
    """Appointments, for one caller in one transaction."""

    def __init__(
        self,
        principal: Principal,
        uow: UnitOfWork,
        settings: AppointmentSettings,
        appointments: AppointmentRepository,
        doctors: DoctorRepository,
        schedules: ScheduleService,
        patients: PatientClient,
    ) -> None:
        self._principal = principal
        self._uow = uow
        self._settings = settings
        self._appointments = appointments
        self._doctors = doctors
        self._schedules = schedules
        self._patients = patients
        self._owner = principal.owner_limit(Role.ADMIN, Role.STAFF, Role.DOCTOR)

    async def book(self, patient_id: UUID, details: AppointmentDetails) -> Appointment:
        """Books an appointment. Raises Unprocessable, Conflict when the time is taken, and Unavailable."""
        now = utc_now()
        doctor, time_zone = await self._bookable(details, now)
        async with self._uow.released():
            patient = await self._patients.find(patient_id)
        if patient is None or (self._owner and patient.owner_user_id != self._owner):
            raise _unknown_patient()
        await self._appointments.lock(patient_id, doctor.id)
        await self._check_free(patient_id, doctor, details)
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
        self._assign(appointment, details, doctor, time_zone, now)
        await self._save(appointment)
        self._uow.publish(mapper.appointment_booked_event(appointment, doctor))
        self._record("create", appointment)
        return appointment

    async def get(self, id: UUID) -> Appointment:
        """Returns the appointment. Raises NotFound."""
        appointment = await self._appointments.get(id, self._owner)
        if appointment is None:
            await self._not_found("read", id)
        self._record("read", appointment)
        return appointment

    async def list(self, filter: AppointmentFilter, page: PageRequest) -> Slice[Appointment]:
        """Returns one page of the appointments that the caller may read."""
        found = await self._appointments.page(filter, self._owner, page)
        ids = ",".join(str(item.id) for item in found.items) or None
        self._uow.record("list", RESOURCE, ids, patient_ids=[item.patient_id for item in found.items])
        return found

    async def change(
        self, id: UUID, patient_id: UUID | None, details: AppointmentDetails, condition: Condition
    ) -> Appointment:
        """Moves the appointment or changes its reason; equal details change nothing.

        Raises NotFound, PreconditionFailed, Conflict and Unprocessable.
        """
        await self._appointments.lock_for_change(id, details.doctor_id, self._owner)
        appointment = await self._get_booked("update", id, condition)
        if patient_id not in (None, appointment.patient_id):
            raise Unprocessable("patient-fixed", "The patient cannot be changed: book another appointment.")
        details = replace(details, doctor_id=details.doctor_id or appointment.doctor_id)
        if (details.doctor_id, details.time) != (appointment.doctor_id, appointment.time):
            await self._move(appointment, details)
        elif details.reason != appointment.reason:
            appointment.reason = details.reason
            self._next_version(appointment, utc_now())
        else:
            return appointment
        self._record("update", appointment)
        return appointment

    async def _move(self, appointment: Appointment, details: AppointmentDetails) -> None:
        if appointment.reschedules >= self._settings.max_reschedules:
            raise Conflict("too-many-reschedules", "The appointment was moved as often as the clinic allows.")
        now, previous = utc_now(), appointment.date
        _check_not_started(appointment, now)
        doctor, time_zone = await self._bookable(details, now)
        await self._check_free(appointment.patient_id, doctor, details, appointment.id)
        appointment.reschedules += 1
        appointment.moved_late = self._is_late(appointment, now)
        self._assign(appointment, details, doctor, time_zone, now)
        self._next_version(appointment, now)
        await self._save(appointment)
        self._uow.publish(mapper.appointment_rescheduled_event(appointment, doctor, previous))

    async def cancel(self, id: UUID, condition: Condition) -> Appointment:
        """Cancels the appointment before it starts. Raises NotFound, PreconditionFailed and Conflict."""
        appointment, now = await self._get_booked("cancel", id, condition), utc_now()
        _check_not_started(appointment, now)
        await self._cancel(appointment, now, self._is_late(appointment, now))
        return appointment

    async def cancel_of_patient(self, patient_id: UUID) -> None:
        """Cancels the upcoming appointments of a patient who was deleted, at no fee. Later bookings are refused."""
        await self._appointments.lock(patient_id)
        await self._appointments.remember_deleted_patient(patient_id)
        now = utc_now()
        for appointment in await self._appointments.upcoming_for_update(patient_id, now):
            await self._cancel(appointment, now, late=False)

    async def _cancel(self, appointment: Appointment, now: datetime, late: bool) -> None:
        self._end(appointment, AppointmentStatus.CANCELLED, now)
        self._uow.publish(mapper.appointment_cancelled_event(appointment, await self._doctor(appointment), late))
        self._record("cancel", appointment)

    async def complete(self, id: UUID, condition: Condition) -> Appointment:
        """Records that the visit took place, perhaps early. Raises NotFound, PreconditionFailed and Conflict."""
        appointment = await self._get_booked("complete", id, condition)
        self._end(appointment, AppointmentStatus.COMPLETED, utc_now())
        self._uow.publish(mapper.appointment_completed_event(appointment, await self._doctor(appointment)))
        self._record("complete", appointment)
        return appointment

    async def record_no_show(self, id: UUID, condition: Condition) -> Appointment:
        """Records, after the start, that the patient did not come. Raises NotFound, PreconditionFailed and Conflict."""
        appointment, now = await self._get_booked("no-show", id, condition), utc_now()
        if now < appointment.date:
            raise Conflict("not-yet-started", "The appointment has not started yet.")
        self._end(appointment, AppointmentStatus.NO_SHOW, now)
        self._uow.publish(mapper.appointment_no_show_event(appointment, await self._doctor(appointment)))
        self._record("no-show", appointment)
        return appointment

    async def _bookable(self, details: AppointmentDetails, now: datetime) -> tuple[Doctor, str]:
        """Returns the doctor and the time zone of the schedule. Raises Unprocessable when a rule forbids the time."""
        settings, start = self._settings, details.time.start
        if start <= now:
            raise Unprocessable("in-the-past", "An appointment must be in the future.")
        if start < now + timedelta(minutes=settings.booking_lead_minutes):
            raise Unprocessable("too-soon", f"The start must be at least {settings.booking_lead_minutes} minutes away.")
        if start > now + timedelta(days=settings.booking_horizon_days):
            raise Unprocessable("too-far", f"The start must be at most {settings.booking_horizon_days} days away.")
        doctor = await self._doctors.get(details.doctor_id) if details.doctor_id else None
        if doctor is None:
            raise Unprocessable("unknown-doctor", "There is no such doctor.")
        schedule = (await self._schedules.current(doctor.id)).schedule
        if not schedule.covers(details.time):
            raise Unprocessable("outside-hours", "The doctor does not receive patients at that time.")
        return doctor, schedule.time_zone

    async def _get_booked(self, action: str, id: UUID, condition: Condition) -> Appointment:
        """Returns the appointment, locked. Only a BOOKED one can be changed: for others it raises Conflict."""
        appointment = await self._appointments.get_for_update(id, self._owner)
        if appointment is None:
            await self._not_found(action, id)
        condition.check(appointment.version)
        if appointment.status != AppointmentStatus.BOOKED:
            raise Conflict(
                "illegal-transition", f"The appointment is {appointment.status}.", current=appointment.status
            )
        return appointment

    def _is_late(self, appointment: Appointment, now: datetime) -> bool:
        """Returns whether to cancel the appointment now is late: inside the cancellation window.

        An appointment that was moved inside the window stays late. A doctor's own cancellation or move is never late.
        """
        window = timedelta(hours=self._settings.cancellation_window_hours)
        by_doctor = self._principal.roles == {Role.DOCTOR}
        return not by_doctor and (appointment.moved_late or now > appointment.date - window)

    async def _check_free(
        self, patient_id: UUID, doctor: Doctor, details: AppointmentDetails, moved_id: UUID | None = None
    ) -> None:
        """Raises Conflict when the time is taken, and Unprocessable when the patient was deleted after the look-up."""
        obstacles = await self._appointments.obstacles(patient_id, doctor.id, details.time, moved_id)
        if obstacles.patient_deleted:
            raise _unknown_patient()
        if obstacles.doctor_busy:
            raise _slot_taken()
        if obstacles.patient_busy:
            raise _patient_busy()

    async def _save(self, appointment: Appointment) -> None:
        try:
            await self._appointments.save(appointment)
        except Overlap as overlap:
            if overlap.constraint == DOCTOR_TAKEN:
                raise _slot_taken() from overlap
            raise _patient_busy() from overlap

    def _assign(
        self, appointment: Appointment, details: AppointmentDetails, doctor: Doctor, time_zone: str, now: datetime
    ) -> None:
        appointment.doctor_id, appointment.reason = doctor.id, details.reason
        appointment.date, appointment.ends_at = details.time.start, details.time.end
        appointment.duration_minutes, appointment.time_zone = details.duration_minutes, time_zone
        remind_at = details.time.start - timedelta(hours=self._settings.reminder_hours)
        # A booking at shorter notice needs no reminder: it is confirmed just now.
        appointment.remind_at = remind_at if remind_at > now else None

    def _end(self, appointment: Appointment, status: AppointmentStatus, now: datetime) -> None:
        appointment.status, appointment.remind_at = status.value, None
        self._next_version(appointment, now)

    def _next_version(self, appointment: Appointment, now: datetime) -> None:
        appointment.version += 1
        appointment.updated_at = now

    async def _doctor(self, appointment: Appointment) -> Doctor | None:
        return await self._doctors.get(appointment.doctor_id)

    async def _not_found(self, action: str, id: UUID) -> NoReturn:
        hidden = self._owner is not None and await self._appointments.exists(id)
        await self._uow.not_found(action, RESOURCE, id if hidden else None)

    def _record(self, action: str, appointment: Appointment) -> None:
        self._uow.record(action, RESOURCE, appointment.id, patient_id=appointment.patient_id)


def _check_not_started(appointment: Appointment, now: datetime) -> None:
    if now >= appointment.date:
        raise Conflict(
            "already-started", "The appointment has started: it can only be completed or recorded as a no-show."
        )


def _unknown_patient() -> Unprocessable:
    return Unprocessable("unknown-patient", "There is no such patient.")


def _slot_taken() -> Conflict:
    return Conflict("slot-taken", "The doctor has another appointment at that time.")


def _patient_busy() -> Conflict:
    return Conflict("patient-busy", "The patient has another appointment at that time.")
