"""The tables and value objects of the notification service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from services.common import database


class Base(DeclarativeBase):
    type_annotation_map = database.COLUMN_TYPES


class Channel(StrEnum):
    """How a message reaches a person."""

    EMAIL = "EMAIL"
    SMS = "SMS"


class MessageStatus(StrEnum):
    """The state of a message. A FAILED one is not tried again."""

    PENDING = "PENDING"
    SENT = "SENT"
    FAILED = "FAILED"


class Notification(Base):
    """An entry of the event log: an event of any service, or an e-mail that staff wrote.

    `payload` is the whole CloudEvent. Each event has one entry, however often it arrives.
    """

    __tablename__ = "event_log"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_type: Mapped[str]
    payload: Mapped[dict[str, Any]]
    patient_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    messages: Mapped[list[Message]] = relationship(lazy="raise", order_by="Message.channel", viewonly=True)


class Message(Base):
    """An e-mail or a text message that an event causes: at most one for each channel.

    `recipient`, `subject` and `body` of a message with a template are filled in when it is sent, because the patient's
    address may become known after the event.
    """

    __tablename__ = "message"

    event_id: Mapped[UUID] = mapped_column(ForeignKey("event_log.id"), primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    template: Mapped[str | None]
    recipient: Mapped[str | None]
    subject: Mapped[str | None]
    body: Mapped[str | None]
    status: Mapped[str]
    attempts: Mapped[int]
    next_attempt_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    provider_id: Mapped[str | None]
    error: Mapped[str | None]


class Contact(Base):
    """How to reach a patient, as the events of `pms.patient.v1` say. After a deletion only id and version are left."""

    __tablename__ = "contact"

    patient_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    version: Mapped[int]


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
