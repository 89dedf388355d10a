"""The settings of the notification service."""

from __future__ import annotations

from pydantic import Field

from services.common.phone_numbers import DEFAULT_REGION, PhoneRegion
from services.common.settings import SealingSettings


class NotificationSettings(SealingSettings):
    """Adds EMAIL_SENDER, DISPATCHERS, SEND_ATTEMPTS and PHONE_REGION to the settings of every service."""

    email_sender: str = Field(default="clinic@pms.example.com", description="A verified SES identity.")
    dispatchers: int = Field(default=2, ge=1, le=16, description="How many messages are sent at the same time.")
    send_attempts: int = Field(
        default=8, ge=1, description="After how many attempts a message has failed. Eight take about 8 minutes."
    )
    phone_region: PhoneRegion = DEFAULT_REGION
