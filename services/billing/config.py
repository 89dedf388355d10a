"""The billing service's settings."""

from __future__ import annotations

from pydantic import Field

from services.common.settings import ServiceSettings


class BillingSettings(ServiceSettings):
    """CURRENCY besides what every service has."""

    currency: str = Field(
        default="EUR",
        pattern=r"^[A-Z]{3}$",
        description="ISO 4217 code of new accounts; the fee schedule needs a row for each reason in it.",
    )
