"""The notification service's settings."""

from __future__ import annotations

from pydantic import Field

from services.common.settings import ServiceSettings


class NotificationSettings(ServiceSettings):
    """EMAIL_SENDER and the dispatcher's settings besides what every service has."""

    email_sender: str = Field(default="clinic@pms.example.com", description="A verified SES identity.")
    dispatchers: int = Field(default=2, ge=1, le=16, description="Messages that are sent at once.")
    send_attempts: int = Field(default=8, ge=1, description="Tries before a message counts as failed: about 8 minutes.")
