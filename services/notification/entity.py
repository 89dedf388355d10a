"""The tables and value objects of the notification service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from services.common.sql import table_of


class Channel(StrEnum):
    """How a message reaches a person."""

    EMAIL = "EMAIL"
    SMS = "SMS"


class MessageStatus(StrEnum):
    """The state of a message. A FAILED one is not tried again."""

    PENDING = "PENDING"
    SENT = "SENT"
    FAILED = "FAILED"


@dataclass(slots=True)
class Notification:
    """An entry of the event log: an event of any service, or an e-mail that staff wrote.

    `payload` is the whole CloudEvent. Each event has one entry, however often it arrives.
    """

    id: UUID
    event_type: str
    payload: dict[str, Any]
    patient_id: UUID | None
    created_at: datetime


@dataclass(slots=True)
class Message:
    """An e-mail or a text message that an event causes: at most one for each channel.

    `recipient`, `subject` and `body` of a message with a template are filled in when it is sent, because the patient's
    address may become known after the event.
    """

    event_id: UUID
    channel: str
    status: str
    attempts: int
    next_attempt_at: datetime
    template: str | None = None
    recipient: str | None = None
    subject: str | None = None
    body: str | None = None
    sent_at: datetime | None = None
    provider_id: str | None = None
    error: str | None = None


@dataclass(slots=True)
class SealedSecret:
    """What only the message of an event may say, encrypted. It is deleted when the message is sent or has failed."""

    event_id: UUID
    sealed: str


@dataclass(slots=True)
class Contact:
    """How to reach a patient, as the events of `pms.patient.v1` say. After a deletion only id and version are left."""

    patient_id: UUID
    name: str | None
    email: str | None
    phone: str | None
    version: int


@dataclass(slots=True)
class LoggedNotification(Notification):
    """An entry of the event log with the messages that the event caused."""

    messages: list[Message]


@dataclass(frozen=True, slots=True)
class DueMessage:
    """A message that is due, with what it says: the event's type and payload, and the patient's contact if known."""

    message: Message
    event_type: str
    payload: dict[str, Any]
    contact: Contact | None


@dataclass(frozen=True, slots=True)
class Email:
    """An e-mail that staff wrote."""

    to: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class NotificationFilter:
    """Which events to list. An event must match all fields that are given; `until` is exclusive."""

    event_type: str | None = None
    patient_id: UUID | None = None
    status: MessageStatus | None = None
    since: datetime | None = None
    until: datetime | None = None


PERSONAL = ("name", "email", "phone")
"""The attributes of a patient's events that say who they are. They are removed when the patient is deleted."""

EVENT_LOG = table_of(Notification, "event_log")
MESSAGE = table_of(Message, "message", key=("event_id", "channel"))
SEALED_SECRET = table_of(SealedSecret, "sealed_secret", key=("event_id",))
CONTACT = table_of(Contact, "contact", key=("patient_id",))
