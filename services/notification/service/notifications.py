"""The use cases of the event log."""

from __future__ import annotations

from typing import Any

from services.common.audit import Reading
from services.common.clock import utc_now
from services.common.identifiers import uuid7
from services.common.paging import PageRequest, Slice
from services.common.security.principal import Principal
from services.common.unit_of_work import UnitOfWork
from services.contracts.events import (
    Event,
    PatientDeleted,
    PatientRegistered,
    PatientUpdated,
    UserPasswordResetRequested,
)
from services.notification import mapper
from services.notification.entity import Email, LoggedNotification, Message, NotificationFilter
from services.notification.repository.contacts import ContactRepository
from services.notification.repository.messages import MessageRepository
from services.notification.repository.notifications import NotificationRepository
from services.notification.repository.secrets import SecretRepository

RESOURCE = "notification"


class NotificationService:
    """The event log and the messages that events cause, for one caller in one transaction."""

    def __init__(
        self,
        principal: Principal,
        uow: UnitOfWork,
        notifications: NotificationRepository,
        messages: MessageRepository,
        contacts: ContactRepository,
        secrets: SecretRepository,
    ) -> None:
        self._principal = principal
        self._uow = uow
        self._notifications = notifications
        self._messages = messages
        self._contacts = contacts
        self._secrets = secrets

    async def log_event(self, event: Event[Any]) -> None:
        """Logs an event, which must not be in the log, with the messages that it causes. Updates the patient's contact.

        A new contact makes messages due that have waited for an address. Of a deleted patient the log does not keep who
        they were, whatever the order is in which the events arrive. A secret is kept beside the log until it is sent.
        """
        now = utc_now()
        notification = mapper.notification_from(event, now)
        if isinstance(event.data, PatientRegistered | PatientUpdated | PatientDeleted):
            deleted = await self._contacts.save(mapper.contact_from(event.data), now)
            if isinstance(event.data, PatientDeleted):
                await self._notifications.forget(event.data.patient_id)
            elif deleted:
                notification = mapper.without_personal_data(notification)
        if isinstance(event.data, UserPasswordResetRequested):
            notification = mapper.without_secret(notification)
            self._secrets.add(mapper.sealed_secret_from(event))
        self._notifications.add(notification)
        self._messages.add(mapper.messages_from(event, now))

    def request_email(self, email: Email) -> Message:
        """Logs an e-mail that staff wrote. The dispatcher sends it."""
        now = utc_now()
        notification = mapper.email_notification(uuid7(), email, self._principal.subject, now)
        message = mapper.email_message(notification.id, email, now)
        self._notifications.add(notification)
        self._messages.add([message])
        self._uow.record("send", "email", notification.id)
        return message

    async def list(self, filter: NotificationFilter, page: PageRequest) -> Slice[LoggedNotification]:
        """Returns one page of the event log."""
        return await self._notifications.page(filter, page, Reading("list", RESOURCE))
