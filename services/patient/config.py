"""The settings of the patient service."""

from __future__ import annotations

from pydantic import Field

from services.common.settings import ServiceSettings


class PatientSettings(ServiceSettings):
    """Adds BILLING_GRPC_TARGET and BILLING_GRPC_SECONDS to the settings of every service."""

    billing_grpc_target: str = Field(
        default="",
        description="The billing service. If it is empty, the patient.registered event alone opens accounts.",
    )
    billing_grpc_seconds: float = Field(default=0.5, gt=0, description="The deadline of a call to the billing service.")
