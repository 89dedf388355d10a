"""The settings of the patient service."""

from __future__ import annotations

from pydantic import Field

from services.common.phone_numbers import DEFAULT_REGION, PhoneRegion
from services.common.settings import ServiceSettings


class PatientSettings(ServiceSettings):
    """Adds the addresses of the services that it calls to the settings of every service."""

    billing_grpc_target: str = Field(
        default="",
        description="The billing service. If it is empty, the patient.registered event alone opens accounts, and "
        "records are deleted without looking for unpaid invoices.",
    )
    billing_grpc_seconds: float = Field(default=0.5, gt=0, description="The deadline of a call to the billing service.")
    appointment_grpc_target: str = Field(
        default="",
        description="The appointment service. If it is empty, records are deleted without looking for booked visits.",
    )
    appointment_grpc_seconds: float = Field(
        default=1.0, gt=0, description="The deadline of a call to the appointment service."
    )
    phone_region: PhoneRegion = DEFAULT_REGION
