"""What is logged, and who is told what."""

from __future__ import annotations

from typing import Any

from services.common.clock import utc_now
from services.common.identifiers import uuid7
from services.common.paging import Slice
from services.common.security.principal import Principal
from services.common.unit_of_work import UnitOfWork
from services.contracts.events import Event, PatientDeleted, PatientRegistered, PatientUpdated
from services.notification import mapper, templates
from services.notification.dto import NewEmail, NotificationQuery
from services.notification.entity import Channel, Contact, LoggedEvent, Message
from services.notification.repository import NotificationRepository

EMAIL_REQUESTED = "notification.email_requested"


class NotificationService:
    """The event log and its messages in one unit of work."""

    def __init__(self, repository: NotificationRepository, uow: UnitOfWork) -> None:
        self._repository = repository
        self._uow = uow

    async def observe(self, event: Event[Any]) -> None:
        """Logs an event, keeps the patient's contact current, and puts the messages down that it asks for.

        The caller has made sure that it is the event's first time, in this same transaction.
        """
        data = event.data
        if isinstance(data, PatientRegistered | PatientUpdated):
            contact = Contact(
                patient_id=data.patient_id, name=data.name, email=data.email, phone=data.phone, version=data.version
            )
            await self._repository.save_contact(contact)
        elif isinstance(data, PatientDeleted):
            await self._repository.save_contact(Contact(patient_id=data.patient_id, version=data.version))
        template = templates.BY_EVENT_TYPE.get(event.type)
        channels = template.channels if template else ()
        messages = [mapper.to_message(event.id, channel, template=template.name) for channel in channels if template]
        await self._repository.log(mapper.to_entry(event), messages)

    async def request_email(self, principal: Principal, email: NewEmail) -> Message:
        """Logs an e-mail that staff wrote; the dispatcher sends it."""
        entry = LoggedEvent(
            id=uuid7(),
            event_type=EMAIL_REQUESTED,
            payload={"to": email.to, "subject": email.subject, "requested_by": str(principal.subject)},
            created_at=utc_now(),
        )
        content = {"recipient": email.to, "subject": email.subject, "body": email.body}
        message = mapper.to_message(entry.id, Channel.EMAIL, **content)
        await self._repository.log(entry, [message])
        self._uow.record("send", "email", entry.id)
        return message

    async def list(self, query: NotificationQuery) -> Slice[LoggedEvent]:
        """A page of the event log."""
        found = await self._repository.list(query)
        self._uow.record("list", "notification", patient_ids=[entry.patient_id for entry in found.items])
        return found
