"""How the notification service's parts are put together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.common.aws import Aws
from services.common.runtime import Runtime
from services.common.unit_of_work import UnitOfWork
from services.notification.config import NotificationSettings
from services.notification.dispatcher import Dispatcher
from services.notification.repository import NotificationRepository
from services.notification.senders import AwsSenders
from services.notification.service import NotificationService


@asynccontextmanager
async def compose(runtime: Runtime[NotificationSettings]) -> AsyncIterator[None]:
    """Starts the dispatcher beside the requests and the consumers."""
    sender = AwsSenders(Aws(runtime.settings.aws_region), runtime.settings.email_sender)
    runtime.background.start("dispatcher", Dispatcher(runtime, sender).run)
    yield


def notification_service(work: UnitOfWork) -> NotificationService:
    """The service for one transaction, whether a request's or an event's."""
    return NotificationService(NotificationRepository(work.session), work)
