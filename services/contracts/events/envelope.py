"""The CloudEvents 1.0 envelope (https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md), JSON format.

`traceparent` is the Distributed Tracing extension. `dataschema` contains the version of the schema of the data.
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
    """The message is not a valid event. The text names the place of the error, never a value."""


class UnknownEventType(InvalidEvent):
    """The event is well-formed, but this version of the code does not know its type."""


class _Attributes(BaseModel):
    """All attributes except the data, whose model depends on the type."""

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
    """One event with the model of its data."""

    data: SerializeAsAny[Data]

    @classmethod
    def of(cls, data: Data, *, id: UUID, time: datetime | None = None, traceparent: str | None = None) -> Event[Data]:
        """Returns an event with `data`. Consumers recognise duplicates by `id`, a UUIDv7 that the caller makes."""
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
        """The name of its topic."""
        return self.data.TOPIC.name

    @property
    def key(self) -> bytes:
        """The Kafka key. Events of one aggregate have the same key and stay in order."""
        return self.subject.encode()

    def encode(self) -> bytes:
        """Returns the Kafka value: CloudEvents' JSON format without absent attributes."""
        return self.model_dump_json(exclude_none=True).encode()


def decode(value: bytes | str) -> Event[EventData]:
    """Parses and checks a message. Raises `InvalidEvent`, or `UnknownEventType` when only the type is unknown.

    It raises nothing else, whatever the message holds.
    """
    try:
        return _decode(value)
    except InvalidEvent:
        raise
    except ValidationError as error:
        raise InvalidEvent(_faults(error)) from None
    except Exception as error:
        raise InvalidEvent(type(error).__name__) from None


def _decode(value: bytes | str) -> Event[EventData]:
    raw = _Raw.model_validate_json(value)
    model = BY_TYPE.get(raw.type)
    if model is None:
        raise UnknownEventType("unknown event type")
    data = model.model_validate(raw.data)
    if raw.source != model.SOURCE or raw.subject != data.subject:
        # An event with the source or the id of another aggregate is forged or broken.
        raise InvalidEvent("the source or the subject does not fit the event's type and data")
    return Event(**raw.model_dump(exclude={"data"}), data=data)


def _faults(error: ValidationError) -> str:
    places = {f"{'.'.join(map(str, fault['loc'])) or '(root)'}: {fault['type']}" for fault in error.errors()}
    return "; ".join(sorted(places))
