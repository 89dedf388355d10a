"""The appointment service's settings."""

from __future__ import annotations

from pydantic import Field

from services.common.settings import ServiceSettings


class AppointmentSettings(ServiceSettings):
    """The clinic's rules of booking, and where patients are looked up, besides what every service has."""

    patient_grpc_target: str = Field(default="", description="The patient service; without it nothing can be booked.")
    patient_grpc_seconds: float = Field(default=1.0, gt=0, description="Deadline of a look-up, retries included.")

    clinic_time_zone: str = Field(default="UTC", description="IANA zone of the clinic's hours.")
    clinic_opens: str = Field(default="08:00", description="Monday to Friday, for doctors without a schedule.")
    clinic_closes: str = "18:00"

    booking_lead_minutes: int = Field(default=0, ge=0, description="How long before its start a visit is bookable.")
    booking_horizon_days: int = Field(default=366, ge=1, description="How far ahead a visit is bookable.")
    max_reschedules: int = Field(default=3, ge=0, description="How often one appointment may be moved.")
    cancellation_window_hours: int = Field(default=24, ge=0, description="To cancel within it is late and costs a fee.")
    reminder_hours: int = Field(default=24, ge=1, description="How long before a visit its reminder is due.")
    reminder_poll_seconds: float = Field(default=15.0, gt=0)
