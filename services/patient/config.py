"""The patient service's settings."""

from __future__ import annotations

from pydantic import Field

from services.common.settings import ServiceSettings


class PatientSettings(ServiceSettings):
    """BILLING_GRPC_TARGET and BILLING_GRPC_SECONDS besides what every service has."""

    billing_grpc_target: str = Field(
        default="",
        description="Where accounts are opened at registration; empty leaves it to the patient.registered event alone.",
    )
    billing_grpc_seconds: float = Field(default=0.5, gt=0, description="Deadline of that call.")
