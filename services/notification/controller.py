"""The HTTP interface of the notification service."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Response

from services.common.dto import Page
from services.common.paging import page_of
from services.common.web.dependencies import IdempotencyKey, requires, service
from services.common.web.routing import router as make_router
from services.contracts.roles import Role, Scope
from services.notification import mapper
from services.notification.composition import notification_service
from services.notification.dto import EmailIn, EmailOut, NotificationOut, NotificationQuery
from services.notification.service.notifications import NotificationService

router = make_router(tags=["notifications"])
READ = requires(Scope.NOTIFICATIONS_READ, roles=(Role.STAFF, Role.ADMIN))
WRITE = requires(Scope.NOTIFICATIONS_WRITE, roles=(Role.STAFF, Role.ADMIN))
Notifications = Annotated[NotificationService, service(notification_service)]


@router.post("/notify/email", status_code=202, dependencies=[WRITE, IdempotencyKey], summary="Send an e-mail")
async def send_email(body: EmailIn, notifications: Notifications) -> EmailOut:
    """The e-mail is accepted and sent at once. When that fails, it is tried again for some minutes."""
    return mapper.email_out(notifications.request_email(mapper.email_from(body)))


@router.get(
    "/notifications",
    dependencies=[READ],
    summary="List events and their messages",
    response_model=Page[NotificationOut],
)
async def list_notifications(query: Annotated[NotificationQuery, Query()], notifications: Notifications) -> Response:
    """All events of all services, and the messages that each caused. The newest event comes first."""
    return page_of(await notifications.list(mapper.notification_filter(query), query), mapper.notification_out)
