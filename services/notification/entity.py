"""Tables of the notification service."""

from __future__ import annotations

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


class Status(StrEnum):
    """Where a message is. A FAILED one is not tried again."""

    PENDING = "PENDING"
    SENT = "SENT"
    FAILED = "FAILED"


class LoggedEvent(Base):
    """Every event that this service has seen, once. `payload` is the whole CloudEvent."""

    __tablename__ = "event_log"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    event_type: Mapped[str]
    payload: Mapped[dict[str, Any]]
    patient_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    messages: Mapped[list[Message]] = relationship(lazy="raise", order_by="Message.channel", viewonly=True)


class Message(Base):
    """What is to be sent because of an event: at most one a channel.

    `recipient`, `subject` and `body` of a message from a template are filled in when it is sent, because the patient's
    address may become known after the event that the message is about.
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
    """How to reach a patient: a read model of `pms.patient.v1`. Without an address once the record is withdrawn."""

    __tablename__ = "contact"

    patient_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    email: Mapped[str | None]
    phone: Mapped[str | None]
    version: Mapped[int]
