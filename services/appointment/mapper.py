"""Converts between requests, entities, responses, events and gRPC messages. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.appointment.config import AppointmentSettings
from services.appointment.dto import (
    AppointmentChangeIn,
    AppointmentIn,
    AppointmentOut,
    AppointmentPatchIn,
    AppointmentQuery,
    AvailabilityOut,
    CancellationIn,
    DoctorOut,
    HoursIn,
    HoursOut,
    ReopeningOut,
    ScheduleExceptionOut,
    ScheduleIn,
    ScheduleOut,
    SlotOut,
)
from services.appointment.entity import (
    Appointment,
    AppointmentChange,
    AppointmentDetails,
    AppointmentFilter,
    Cancellation,
    Doctor,
    DoctorSchedule,
    Patient,
    Reopening,
    VersionedSchedule,
)
from services.appointment.schedule import WEEKDAYS, Hours, Interval, Schedule
from services.contracts import events
from services.contracts.events import AppointmentStatus, CausedBy
from services.contracts.proto import appointment_v1_pb2, patient_v1_pb2
from services.contracts.roles import Role


def appointment_details_from(body: AppointmentIn) -> AppointmentDetails:
    """Returns the details in a request."""
    time = Interval(body.date, body.date + timedelta(minutes=body.duration_minutes))
    return AppointmentDetails(body.doctor_id, time, body.duration_minutes, body.reason)


def appointment_change_from(body: AppointmentChangeIn | AppointmentPatchIn) -> AppointmentChange:
    """Returns the change in a request."""
    return AppointmentChange(
        start=body.date,
        patient_id=body.patient_id if isinstance(body, AppointmentChangeIn) else None,
        doctor_id=body.doctor_id,
        duration_minutes=body.duration_minutes,
        reason=body.reason,
        keeps_reason="reason" not in body.model_fields_set,
        caused_by=body.caused_by,
    )


def cancellation_from(body: CancellationIn | None) -> Cancellation:
    """Returns what a request says about a cancellation. The body may be left out."""
    return Cancellation(body.caused_by, body.reason) if body else Cancellation()


def appointment_filter(query: AppointmentQuery) -> AppointmentFilter:
    """Returns the filter in a list's parameters."""
    return AppointmentFilter(
        patient_id=query.patient_id,
        doctor_id=query.doctor_id,
        since=query.since,
        until=query.until,
        statuses=tuple(dict.fromkeys(query.status)),
        latest_first=query.sort == "-date",
    )


def appointment_out(appointment: Appointment) -> AppointmentOut:
    """Returns the response for an appointment."""
    booked = appointment.status == AppointmentStatus.BOOKED
    return AppointmentOut(
        id=appointment.id,
        patient_id=appointment.patient_id,
        doctor_id=appointment.doctor_id,
        date=appointment.date,
        ends_at=appointment.ends_at,
        duration_minutes=appointment.duration_minutes,
        status=AppointmentStatus(appointment.status),
        reason=appointment.reason,
        time_zone=appointment.time_zone,
        reschedules=appointment.reschedules,
        free_cancellation_until=appointment.free_cancellation_until if booked else None,
        cancelled_by=CausedBy(appointment.cancelled_by) if appointment.cancelled_by else None,
        cancellation_reason=appointment.cancellation_reason,
        booked_at=appointment.booked_at,
        updated_at=appointment.updated_at,
        version=appointment.version,
    )


def reopening_out(reopening: Reopening) -> ReopeningOut:
    """Returns the response for a reopening."""
    return ReopeningOut(
        id=reopening.id,
        appointment_id=reopening.appointment_id,
        previous_status=AppointmentStatus(reopening.previous_status),
        reason=reopening.reason,
        reopened_at=reopening.reopened_at,
        reopened_by=reopening.reopened_by,
    )


def appointment_message(appointment: Appointment) -> appointment_v1_pb2.Appointment:
    """Returns the gRPC message of an appointment."""
    message = appointment_v1_pb2.Appointment(
        id=str(appointment.id),
        patient_id=str(appointment.patient_id),
        doctor_id=str(appointment.doctor_id),
        version=appointment.version,
    )
    message.date.FromDatetime(appointment.date)
    return message


def patient_from(message: patient_v1_pb2.Patient) -> Patient:
    """Returns the patient in a gRPC message."""
    owner = UUID(message.owner_user_id) if message.HasField("owner_user_id") else None
    return Patient(UUID(message.id), owner)


def doctor_from(user: events.UserRegistered | events.UserUpdated) -> Doctor:
    """Returns a user as a doctor, who is active when the user has the role DOCTOR and is not disabled."""
    active = Role.DOCTOR in user.roles and not user.disabled
    return Doctor(id=user.user_id, name=user.full_name or user.username, active=active)


def doctor_out(doctor: Doctor) -> DoctorOut:
    """Returns the response for a doctor."""
    return DoctorOut(doctor.id, doctor.name)


def availability_out(slots: Sequence[Interval]) -> AvailabilityOut:
    """Returns the response for free slots."""
    return AvailabilityOut(items=[SlotOut(start=slot.start, end=slot.end) for slot in slots])


def clinic_schedule_from(settings: AppointmentSettings) -> Schedule:
    """Returns the clinic's hours, Monday to Friday."""
    hours = (Hours(_minutes(settings.clinic_opens), _minutes(settings.clinic_closes)),)
    return Schedule(settings.clinic_time_zone, dict.fromkeys(WEEKDAYS[:5], hours))


def schedule_from(body: ScheduleIn) -> Schedule:
    """Returns the schedule in a request."""
    weekly = {day: _hours_from(getattr(body.weekly, day)) for day in WEEKDAYS}
    return Schedule(body.time_zone, weekly, {item.date: _hours_from(item.hours) for item in body.exceptions})


def applying_schedule(own: DoctorSchedule | None, settings: AppointmentSettings) -> Schedule:
    """Returns the schedule that applies to a doctor: their own, or the clinic's hours."""
    return schedule_from_row(own) if own else clinic_schedule_from(settings)


def schedule_from_row(row: DoctorSchedule) -> Schedule:
    """Returns the schedule in a row."""
    exceptions = {date.fromisoformat(day): _hours_from_pairs(pairs) for day, pairs in row.exceptions.items()}
    weekly = {day: _hours_from_pairs(pairs) for day, pairs in row.weekly.items()}
    return Schedule(row.time_zone, weekly, exceptions)


def schedule_columns(schedule: Schedule) -> tuple[dict[str, Any], dict[str, Any]]:
    """Returns the weekly hours and the exceptions as a row stores them: as pairs of minutes since midnight."""
    exceptions = {day.isoformat(): hours for day, hours in schedule.exceptions.items()}
    return _pairs(schedule.weekly), _pairs(exceptions)


def schedule_out(found: VersionedSchedule) -> ScheduleOut:
    """Returns the response for a schedule."""
    schedule = found.schedule
    exceptions = sorted(schedule.exceptions.items())
    return ScheduleOut(
        doctor_id=found.doctor_id,
        time_zone=schedule.time_zone,
        weekly={day: _hours_out(schedule.weekly.get(day, ())) for day in WEEKDAYS},
        exceptions=[ScheduleExceptionOut(date=day, hours=_hours_out(hours)) for day, hours in exceptions],
        version=found.version,
    )


def _pairs(hours: Mapping[str, Sequence[Hours]]) -> dict[str, Any]:
    return {key: [[period.start, period.end] for period in periods] for key, periods in hours.items()}


def _hours_from_pairs(pairs: Sequence[Sequence[int]]) -> tuple[Hours, ...]:
    return tuple(Hours(*pair) for pair in pairs)


def _hours_from(periods: Sequence[HoursIn]) -> tuple[Hours, ...]:
    return tuple(Hours(_minutes(period.start), _minutes(period.end)) for period in periods)


def _hours_out(periods: Sequence[Hours]) -> list[HoursOut]:
    return [HoursOut(start=_wall_clock(period.start), end=_wall_clock(period.end)) for period in periods]


def _minutes(wall_clock: str) -> int:
    hours, minutes = wall_clock.split(":")
    return int(hours) * 60 + int(minutes)


def _wall_clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def appointment_booked_event(appointment: Appointment, doctor: str | None) -> events.AppointmentBooked:
    """Returns the event for a new appointment."""
    return events.AppointmentBooked(**_event_fields(appointment, doctor), booked_at=appointment.booked_at)


def appointment_rescheduled_event(
    appointment: Appointment, doctor: str | None, previous: datetime, caused_by: CausedBy
) -> events.AppointmentRescheduled:
    """Returns the event for an appointment that was moved. `previous` is its start before."""
    return events.AppointmentRescheduled(
        **_event_fields(appointment, doctor),
        previous_date=previous,
        rescheduled_at=appointment.updated_at,
        caused_by=caused_by,
    )


def appointment_cancelled_event(
    appointment: Appointment, doctor: str | None, late: bool
) -> events.AppointmentCancelled:
    """Returns the event for a cancelled appointment. `late` makes it cost a fee."""
    return events.AppointmentCancelled(
        **_event_fields(appointment, doctor),
        late=late,
        cancelled_at=appointment.updated_at,
        caused_by=appointment.cancelled_by,
    )


def appointment_completed_event(appointment: Appointment, doctor: str | None) -> events.AppointmentCompleted:
    """Returns the event for a visit that took place."""
    return events.AppointmentCompleted(**_event_fields(appointment, doctor), completed_at=appointment.updated_at)


def appointment_no_show_event(appointment: Appointment, doctor: str | None) -> events.AppointmentNoShow:
    """Returns the event for a patient who did not come."""
    return events.AppointmentNoShow(**_event_fields(appointment, doctor), recorded_at=appointment.updated_at)


def appointment_reopened_event(
    appointment: Appointment, doctor: str | None, reopening: Reopening
) -> events.AppointmentReopened:
    """Returns the event for a visit whose end was undone."""
    return events.AppointmentReopened(
        **_event_fields(appointment, doctor),
        previous_status=AppointmentStatus(reopening.previous_status),
        reopened_at=reopening.reopened_at,
    )


def appointment_reminder_due_event(
    appointment: Appointment, doctor: str | None, due_at: datetime
) -> events.AppointmentReminderDue:
    """Returns the event for a reminder that is due."""
    return events.AppointmentReminderDue(**_event_fields(appointment, doctor), due_at=due_at)


def _event_fields(appointment: Appointment, doctor: str | None) -> dict[str, Any]:
    """Returns what all events contain. `doctor` is the doctor's name."""
    return {
        "appointment_id": appointment.id,
        "patient_id": appointment.patient_id,
        "doctor_id": appointment.doctor_id,
        "doctor_name": doctor,
        "date": appointment.date,
        "duration_minutes": appointment.duration_minutes,
        "time_zone": appointment.time_zone,
        "status": appointment.status,
        "version": appointment.version,
    }
