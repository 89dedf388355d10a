"""Between the appointment service's tables, its API and its events. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from services.appointment.config import AppointmentSettings
from services.appointment.dto import (
    AppointmentOut,
    AppointmentQuery,
    AvailabilityOut,
    ChangedAppointment,
    ExceptionOut,
    NewAppointment,
    ScheduleIn,
    ScheduleOut,
    SlotOut,
    StretchIn,
    StretchOut,
)
from services.appointment.entity import Appointment, Doctor, DoctorSchedule, Filters, Visit
from services.appointment.schedule import WEEKDAYS, Hours, Interval, Schedule
from services.contracts import events


def visit(body: NewAppointment | ChangedAppointment) -> Visit:
    """What a request asks for."""
    time = Interval(body.date, body.date + timedelta(minutes=body.duration_minutes))
    return Visit(body.doctor_id, time, body.duration_minutes, body.reason)


def filters(query: AppointmentQuery) -> Filters:
    """What a list's parameters ask for."""
    return Filters(query.patient_id, query.doctor_id, query.since, query.until, query.status)


def appointment_out(appointment: Appointment) -> AppointmentOut:
    """A visit."""
    return AppointmentOut.model_validate(appointment)


def availability_out(slots: Sequence[Interval]) -> AvailabilityOut:
    """Free slots."""
    return AvailabilityOut(items=[SlotOut(start=slot.start, end=slot.end) for slot in slots])


def clinic_hours(settings: AppointmentSettings) -> Schedule:
    """Monday to Friday, as the settings say."""
    hours = (Hours(_minutes(settings.clinic_opens), _minutes(settings.clinic_closes)),)
    return Schedule(settings.clinic_time_zone, dict.fromkeys(WEEKDAYS[:5], hours))


def schedule_from(body: ScheduleIn) -> Schedule:
    """A schedule as a person writes it."""
    weekly = {day: _hours_in(getattr(body.weekly, day)) for day in WEEKDAYS}
    return Schedule(body.time_zone, weekly, {item.date: _hours_in(item.hours) for item in body.exceptions})


def schedule_out(doctor_id: UUID, schedule: Schedule, version: int) -> ScheduleOut:
    """A schedule as people read it."""
    exceptions = sorted(schedule.exceptions.items())
    return ScheduleOut(
        doctor_id=doctor_id,
        time_zone=schedule.time_zone,
        weekly={day: _stretches(schedule.weekly.get(day, ())) for day in WEEKDAYS},
        exceptions=[ExceptionOut(date=day, hours=_stretches(hours)) for day, hours in exceptions],
        version=version,
    )


def schedule(row: DoctorSchedule) -> Schedule:
    """A schedule from its row."""
    exceptions = {date.fromisoformat(day): _hours(pairs) for day, pairs in row.exceptions.items()}
    return Schedule(row.time_zone, {day: _hours(pairs) for day, pairs in row.weekly.items()}, exceptions)


def stored(schedule: Schedule) -> tuple[dict[str, Any], dict[str, Any]]:
    """A schedule's weekly hours and exceptions as the row keeps them: pairs of minutes."""
    exceptions = {day.isoformat(): hours for day, hours in schedule.exceptions.items()}
    return _pairs(schedule.weekly), _pairs(exceptions)


def _pairs(hours: Mapping[str, Sequence[Hours]]) -> dict[str, Any]:
    return {key: [[span.start, span.end] for span in spans] for key, spans in hours.items()}


def _hours(pairs: Sequence[Sequence[int]]) -> tuple[Hours, ...]:
    return tuple(Hours(*pair) for pair in pairs)


def _hours_in(stretches: Sequence[StretchIn]) -> tuple[Hours, ...]:
    return tuple(Hours(_minutes(stretch.start), _minutes(stretch.end)) for stretch in stretches)


def _stretches(hours: Sequence[Hours]) -> list[StretchOut]:
    return [StretchOut(start=_wall_clock(span.start), end=_wall_clock(span.end)) for span in hours]


def _minutes(wall_clock: str) -> int:
    hours, minutes = wall_clock.split(":")
    return int(hours) * 60 + int(minutes)


def _wall_clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def booked_event(appointment: Appointment, doctor: Doctor | None) -> events.AppointmentBooked:
    """It was booked."""
    return events.AppointmentBooked(**_told(appointment, doctor), booked_at=appointment.booked_at)


def rescheduled_event(
    appointment: Appointment, doctor: Doctor | None, previous: datetime
) -> events.AppointmentRescheduled:
    """It was moved."""
    told = _told(appointment, doctor)
    return events.AppointmentRescheduled(**told, previous_date=previous, rescheduled_at=appointment.updated_at)


def cancelled_event(appointment: Appointment, doctor: Doctor | None, late: bool) -> events.AppointmentCancelled:
    """It was called off."""
    told = _told(appointment, doctor)
    return events.AppointmentCancelled(**told, late=late, cancelled_at=appointment.updated_at)


def completed_event(appointment: Appointment, doctor: Doctor | None) -> events.AppointmentCompleted:
    """It took place."""
    return events.AppointmentCompleted(**_told(appointment, doctor), completed_at=appointment.updated_at)


def no_show_event(appointment: Appointment, doctor: Doctor | None) -> events.AppointmentNoShow:
    """Nobody came."""
    return events.AppointmentNoShow(**_told(appointment, doctor), recorded_at=appointment.updated_at)


def reminder_event(appointment: Appointment, doctor: Doctor | None, due_at: datetime) -> events.AppointmentReminderDue:
    """It is soon."""
    return events.AppointmentReminderDue(**_told(appointment, doctor), due_at=due_at)


def _told(appointment: Appointment, doctor: Doctor | None) -> dict[str, Any]:
    return {
        "appointment_id": appointment.id,
        "patient_id": appointment.patient_id,
        "doctor_id": appointment.doctor_id,
        "doctor_name": doctor.name if doctor else None,
        "date": appointment.date,
        "duration_minutes": appointment.duration_minutes,
        "time_zone": appointment.time_zone,
        "status": appointment.status,
        "version": appointment.version,
    }
