"""The CloudEvents 1.0 envelope (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md), JSON format.

`traceparent` is the Distributed Tracing extension; `dataschema` carries the version of the data's schema.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, SerializeAsAny, ValidationError

from services.contracts.events.base import EventData, UtcDatetime
from services.contracts.events.catalogue import BY_TYPE, schema_uri

Data = TypeVar("Data", bound=EventData)


class InvalidEvent(ValueError):
    """A message that is no event of ours. The text names the fault's place, never the content."""


class UnknownEventType(InvalidEvent):
    """A well-formed event of a type that this version of the code does not know."""


class _Attributes(BaseModel):
    """Everything but the data, whose shape depends on the type."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    specversion: Literal["1.0"] = "1.0"
    id: UUID
    source: str
    type: str
    subject: str
    time: UtcDatetime
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str | None = None
    traceparent: str | None = None


class _Raw(_Attributes):
    data: dict[str, Any]


class Event(_Attributes, Generic[Data]):
    """One event, with its data typed."""

    data: SerializeAsAny[Data]

    @classmethod
    def of(cls, data: Data, *, id: UUID, time: datetime | None = None, traceparent: str | None = None) -> Event[Data]:
        """The event that tells of `data`. `id` is what consumers dedupe by; the caller makes it (UUIDv7)."""
        return cls(
            id=id,
            source=data.SOURCE,
            type=data.TYPE,
            subject=data.subject,
            time=time or datetime.now(UTC),
            dataschema=schema_uri(type(data)),
            traceparent=traceparent,
            data=data,
        )

    @property
    def topic(self) -> str:
        """The name of the topic it belongs to."""
        return self.data.TOPIC.name

    @property
    def key(self) -> bytes:
        """The Kafka key: events of one aggregate stay in order."""
        return self.subject.encode()

    def encode(self) -> bytes:
        """The Kafka value: CloudEvents' JSON format, absent attributes left out."""
        return self.model_dump_json(exclude_none=True).encode()


def decode(value: bytes | str) -> Event[EventData]:
    """Parses and checks a message. Raises `InvalidEvent`, or `UnknownEventType` when only the type is strange."""
    try:
        raw = _Raw.model_validate_json(value)
        model = BY_TYPE.get(raw.type)
        if model is None:
            raise UnknownEventType("unknown event type")
        data = model.model_validate(raw.data)
    except ValidationError as error:
        raise InvalidEvent(_faults(error)) from None
    if raw.source != model.SOURCE or raw.subject != data.subject:
        # An event in another's name, or keyed by another aggregate, is forged or broken.
        raise InvalidEvent("source or subject do not fit the event's type and data")
    return Event(**raw.model_dump(exclude={"data"}), data=data)


def _faults(error: ValidationError) -> str:
    places = {f"{'.'.join(map(str, fault['loc'])) or '(root)'}: {fault['type']}" for fault in error.errors()}
    return "; ".join(sorted(places))
