"""REST of the notification service."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query

from services.common.dto import Page
from services.common.web.dependencies import CurrentPrincipal, IdempotencyKey, Uow, requires
from services.common.web.routing import router as make_router
from services.contracts.roles import Role, Scope
from services.notification import mapper
from services.notification.components import notification_service
from services.notification.dto import AcceptedOut, NewEmail, NotificationOut, NotificationQuery
from services.notification.service import NotificationService

router = make_router(tags=["notifications"])

_ROLES = (Role.STAFF, Role.ADMIN)


def _notifications(uow: Uow) -> NotificationService:
    return notification_service(uow)


Notifications = Annotated[NotificationService, Depends(_notifications)]


@router.post(
    "/notify/email",
    status_code=202,
    dependencies=[requires(Scope.NOTIFICATIONS_WRITE, roles=_ROLES), IdempotencyKey],
)
async def send_email(body: NewEmail, principal: CurrentPrincipal, notifications: Notifications) -> AcceptedOut:
    """Accepts an e-mail; it is sent through SES at once, and tried again when SES does not answer."""
    message = await notifications.request_email(principal, body)
    return AcceptedOut(id=message.event_id, status=message.status)


@router.get("/notifications", dependencies=[requires(Scope.NOTIFICATIONS_READ, roles=_ROLES)])
async def list_notifications(
    query: Annotated[NotificationQuery, Query()], notifications: Notifications
) -> Page[NotificationOut]:
    """The event log, newest first, with what was sent for each event."""
    found = await notifications.list(query)
    return Page(items=[mapper.to_notification(entry) for entry in found.items], next_cursor=found.next_cursor)
