"""Requests and responses of the notification service."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, StringConstraints

from services.common.dto import RequestModel, response_model
from services.common.fields import Email, Moment
from services.common.paging import PageRequest
from services.notification.entity import Channel, MessageStatus

# No control characters: a line break in a subject would start another header (RFC 5322, section 2.2).
SubjectLine = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")]


_PAYLOAD = "The CloudEvent; for an e-mail that staff wrote, its recipient, its subject and who requested it."


class EmailIn(RequestModel):
    """An e-mail that staff wrote."""

    to: Email
    subject: SubjectLine
    body: Annotated[str, StringConstraints(min_length=1, max_length=20_000)]


@response_model
class EmailOut:
    """An e-mail that was accepted."""

    id: Annotated[UUID, Field(description="Its id in the list of notifications.")]
    status: MessageStatus


@response_model
class MessageOut:
    """An e-mail or a text message that an event caused."""

    channel: Channel
    template: Annotated[str | None, Field(description="Null for an e-mail that staff wrote.")]
    recipient: Annotated[
        str | None, Field(description="Null before the first attempt, and while the patient is not known.")
    ]
    status: MessageStatus
    attempts: int
    sent_at: datetime | None
    error: Annotated[str | None, Field(description="Why the last attempt failed: the name of an error.")]


@response_model
class NotificationOut:
    """An event and its messages."""

    id: UUID
    event_type: str
    payload: Annotated[dict[str, Any], Field(description=_PAYLOAD)]
    created_at: datetime
    messages: list[MessageOut]


class NotificationQuery(PageRequest):
    """The parameters of the list. An event must match all that are given."""

    event_type: str | None = Field(default=None, max_length=100)
    patient_id: UUID | None = Field(default=None, alias="patientId")
    status: MessageStatus | None = Field(default=None, description="Only events with a message in this state.")
    since: Moment | None = Field(default=None, alias="from", description="Only events logged at this time or later.")
    until: Moment | None = Field(default=None, alias="to", description="Only events logged before this time.")
