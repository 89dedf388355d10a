"""The events that the notification service consumes: all of every topic."""

from __future__ import annotations

from typing import Any

from services.common.messaging.consumers import EventContext, Handlers
from services.common.security.principal import SYSTEM
from services.contracts.events import Event
from services.notification.composition import NotificationRuntime, notification_service

handlers = Handlers[NotificationRuntime]()


@handlers.any
async def on_event(event: Event[Any], context: EventContext[NotificationRuntime]) -> None:
    """Logs the event, and has people told about it."""
    await notification_service(SYSTEM, context.uow, context.runtime).log_event(event)
