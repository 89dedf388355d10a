"""Constructs the notification service: the service for one caller, and the dispatcher that sends messages."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.common.aws import Aws
from services.common.runtime import Runtime
from services.common.sealed_secrets import SecretSealer
from services.common.security.principal import Principal
from services.common.unit_of_work import UnitOfWork
from services.notification.config import NotificationSettings
from services.notification.dispatcher import Dispatcher
from services.notification.repository.contacts import ContactRepository
from services.notification.repository.messages import MessageRepository
from services.notification.repository.notifications import NotificationRepository
from services.notification.repository.secrets import SecretRepository
from services.notification.senders import AwsSender, Sender
from services.notification.service.messages import MessageService
from services.notification.service.notifications import NotificationService

NotificationRuntime = Runtime[NotificationSettings, None]


@asynccontextmanager
async def compose(runtime: Runtime[NotificationSettings]) -> AsyncIterator[None]:
    """Starts the dispatcher. Nothing else lives as long as the process, so there are no components."""
    sender = AwsSender(Aws(runtime.settings.aws_region), runtime.settings.email_sender)
    runtime.background.start("dispatcher", dispatcher(runtime, sender).run)
    yield


def dispatcher(runtime: Runtime[NotificationSettings], sender: Sender) -> Dispatcher:
    """Returns the loop that sends messages through `sender`."""

    sealer = SecretSealer(runtime.settings)

    def message_service(principal: Principal, uow: UnitOfWork) -> MessageService:
        return MessageService(
            principal,
            uow,
            runtime.settings,
            MessageRepository(uow),
            SecretRepository(uow),
            sender,
            sealer,
        )

    return Dispatcher(runtime.database, runtime.settings, message_service, MessageRepository)


def notification_service(principal: Principal, uow: UnitOfWork, runtime: NotificationRuntime) -> NotificationService:
    """Returns the service for one caller and one transaction."""
    return NotificationService(
        principal,
        uow,
        NotificationRepository(uow),
        MessageRepository(uow),
        ContactRepository(uow),
        SecretRepository(uow),
    )
