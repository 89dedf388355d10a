"""The settings of the billing service."""

from __future__ import annotations

from pydantic import Field

from services.common.settings import ServiceSettings


class BillingSettings(ServiceSettings):
    """Adds CURRENCY to the settings of every service."""

    currency: str = Field(
        default="EUR",
        pattern=r"^[A-Z]{3}$",
        description="ISO 4217 code of new accounts. The fee schedule needs a fee in it for each reason for an invoice.",
    )
