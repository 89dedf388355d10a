"""The settings of the appointment service."""

from __future__ import annotations

from pydantic import Field

from services.common.settings import ServiceSettings


class AppointmentSettings(ServiceSettings):
    """Adds the patient service's address and the clinic's rules of booking to the settings of every service."""

    patient_grpc_target: str = Field(
        default="", description="The patient service. If it is empty, nothing can be booked."
    )
    patient_grpc_seconds: float = Field(
        default=3.0,
        gt=0,
        description="The deadline of a call to the patient service, retries included. A burst there may have to open "
        "verified connections to the database first.",
    )

    clinic_time_zone: str = Field(default="UTC", description="The IANA time zone of the clinic's hours.")
    clinic_opens: str = Field(
        default="08:00", description="The clinic's hours, Monday to Friday, for doctors without a schedule."
    )
    clinic_closes: str = "18:00"

    booking_lead_minutes: int = Field(
        default=0, ge=0, description="How long before its start an appointment must be booked."
    )
    booking_horizon_days: int = Field(default=366, ge=1, description="How far ahead an appointment can be booked.")
    max_reschedules: int = Field(default=3, ge=0, description="How often the patient may move one appointment.")
    cancellation_window_hours: int = Field(
        default=24, ge=0, description="How long before the start a cancellation is late, which costs a fee."
    )
    cancellation_grace_minutes: int = Field(
        default=30, ge=0, description="How long after the booking a cancellation is never late."
    )
    reminder_hours: int = Field(default=24, ge=1, description="How long before the start the reminder is due.")
    reminder_poll_seconds: float = Field(
        default=15.0, gt=0, description="The pause between two searches for reminders that are due."
    )
