"""Requests and responses of the notification service."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from services.common.dto import RequestModel, ResponseModel
from services.common.fields import Email, Moment
from services.common.paging import PageRequest
from services.notification.entity import Channel, Status

# A line break in a subject would start another header (RFC 5322, section 2.2): no control characters.
SubjectLine = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")]


class NewEmail(RequestModel):
    """An e-mail as staff write it."""

    to: Email
    subject: SubjectLine
    body: Annotated[str, StringConstraints(min_length=1, max_length=20_000)]


class AcceptedOut(ResponseModel):
    """The e-mail will be sent; `id` finds it in the list of notifications."""

    id: UUID
    status: Status


class MessageOut(ResponseModel):
    """What was, or will be, sent because of an event."""

    channel: Channel
    template: str | None
    recipient: str | None
    status: Status
    attempts: int
    sent_at: datetime | None
    error: str | None = Field(description="Why it was not sent: an error's name.")


class NotificationOut(ResponseModel):
    """An entry of the event log."""

    id: UUID
    event_type: str
    payload: dict[str, Any] = Field(description="The CloudEvent.")
    created_at: datetime
    messages: list[MessageOut]


class NotificationQuery(PageRequest):
    """Filters of the event log."""

    event_type: str | None = Field(default=None, max_length=100)
    patient_id: UUID | None = Field(default=None, alias="patientId")
    status: Status | None = Field(default=None, description="Only events with a message in this state.")
    since: Moment | None = Field(default=None, alias="from")
    until: Moment | None = Field(default=None, alias="to", description="Exclusive.")
