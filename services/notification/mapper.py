"""Converts between requests, events, entities and responses. Pure functions."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from services.contracts.events import (
    Event,
    PatientDeleted,
    PatientRegistered,
    PatientUpdated,
    UserPasswordResetRequested,
)
from services.notification import templates
from services.notification.dto import EmailIn, EmailOut, MessageOut, NotificationOut, NotificationQuery
from services.notification.entity import (
    PERSONAL,
    Channel,
    Contact,
    Email,
    LoggedNotification,
    Message,
    MessageStatus,
    Notification,
    NotificationFilter,
    SealedSecret,
)

EMAIL_REQUESTED = "notification.email_requested"


def email_from(body: EmailIn) -> Email:
    """Returns the e-mail in a request."""
    return Email(to=body.to, subject=body.subject, body=body.body)


def email_out(message: Message) -> EmailOut:
    """Returns the response for an accepted e-mail."""
    return EmailOut(id=message.event_id, status=MessageStatus(message.status))


def notification_filter(query: NotificationQuery) -> NotificationFilter:
    """Returns the filter in a list's parameters."""
    return NotificationFilter(
        event_type=query.event_type,
        patient_id=query.patient_id,
        status=query.status,
        since=query.since,
        until=query.until,
    )


def notification_out(notification: LoggedNotification) -> NotificationOut:
    """Returns the response for an event and its messages."""
    return NotificationOut(
        id=notification.id,
        event_type=notification.event_type,
        payload=notification.payload,
        created_at=notification.created_at,
        messages=[_message_out(message) for message in notification.messages],
    )


def _message_out(message: Message) -> MessageOut:
    return MessageOut(
        channel=Channel(message.channel),
        template=message.template,
        recipient=message.recipient,
        status=MessageStatus(message.status),
        attempts=message.attempts,
        sent_at=message.sent_at,
        error=message.error,
    )


def notification_from(event: Event[Any], now: datetime) -> Notification:
    """Returns the log's entry for an event."""
    return Notification(
        id=event.id,
        event_type=event.type,
        payload=event.model_dump(mode="json", exclude_none=True),
        patient_id=getattr(event.data, "patient_id", None),
        created_at=now,
    )


def without_personal_data(notification: Notification) -> Notification:
    """Returns the log's entry without what says who the patient is."""
    data = {name: value for name, value in notification.payload["data"].items() if name not in PERSONAL}
    return replace(notification, payload={**notification.payload, "data": data})


def without_secret(notification: Notification) -> Notification:
    """Returns the log's entry with an empty code."""
    data = {**notification.payload["data"], "sealed_code": ""}
    return replace(notification, payload={**notification.payload, "data": data})


def sealed_secret_from(event: Event[UserPasswordResetRequested]) -> SealedSecret:
    """Returns the encrypted code of an event."""
    return SealedSecret(event_id=event.id, sealed=event.data.sealed_code)


def messages_from(event: Event[Any], now: datetime) -> list[Message]:
    """Returns the messages that an event causes: one for each channel of its template, if it has one."""
    template = templates.BY_EVENT_TYPE.get(event.type)
    if template is None:
        return []
    return [_message(event.id, channel, now, template=template.name) for channel in template.channels]


def contact_from(data: PatientRegistered | PatientUpdated | PatientDeleted) -> Contact:
    """Returns the patient's contact after an event. After a deletion it is empty."""
    if isinstance(data, PatientDeleted):
        return Contact(patient_id=data.patient_id, name=None, email=None, phone=None, version=data.version)
    return Contact(patient_id=data.patient_id, name=data.name, email=data.email, phone=data.phone, version=data.version)


def email_notification(id: UUID, email: Email, requested_by: UUID, now: datetime) -> Notification:
    """Returns the log's entry for an e-mail that staff wrote."""
    payload = {"to": email.to, "subject": email.subject, "requested_by": str(requested_by)}
    return Notification(id=id, event_type=EMAIL_REQUESTED, payload=payload, patient_id=None, created_at=now)


def email_message(notification_id: UUID, email: Email, now: datetime) -> Message:
    """Returns the message for an e-mail that staff wrote."""
    message = _message(notification_id, Channel.EMAIL, now)
    message.recipient, message.subject, message.body = email.to, email.subject, email.body
    return message


def _message(event_id: UUID, channel: Channel, now: datetime, template: str | None = None) -> Message:
    """Returns a message that is due now."""
    return Message(
        event_id=event_id,
        channel=channel.value,
        status=MessageStatus.PENDING.value,
        attempts=0,
        next_attempt_at=now,
        template=template,
    )
