"""Every event of every topic comes here."""

from __future__ import annotations

from typing import Any

from services.common.messaging.consumers import EventContext, Handlers
from services.contracts.events import Event
from services.notification.components import notification_service

handlers: Handlers[Any] = Handlers()


@handlers.any
async def observe(event: Event[Any], context: EventContext[Any]) -> None:
    """Logged, and people are told."""
    await notification_service(context.uow).observe(event)
