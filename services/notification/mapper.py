"""Entities to responses, events to entries of the log. Pure."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from services.common.clock import utc_now
from services.contracts.events import Event
from services.notification.dto import NotificationOut
from services.notification.entity import Channel, LoggedEvent, Message, Status


def to_notification(entry: LoggedEvent) -> NotificationOut:
    """For REST."""
    return NotificationOut.model_validate(entry)


def to_entry(event: Event[Any]) -> LoggedEvent:
    """A domain event as it came."""
    return LoggedEvent(
        id=event.id,
        event_type=event.type,
        payload=event.model_dump(mode="json", exclude_none=True),
        patient_id=getattr(event.data, "patient_id", None),
        created_at=utc_now(),
    )


def to_message(event_id: UUID, channel: Channel, *, template: str | None = None, **content: str) -> Message:
    """A message that waits to be sent; `content` is its recipient, subject and body, when known already."""
    return Message(
        event_id=event_id,
        channel=channel,
        template=template,
        status=Status.PENDING,
        attempts=0,
        next_attempt_at=utc_now(),
        **content,
    )
