"""Events as other services would send them, and waiting for what they bring about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.common.identifiers import uuid7
from services.common.messaging.consumers import EventContext, Handlers
from services.common.messaging.kafka import Kafka
from services.common.runtime import Runtime
from services.contracts import events, topics

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


async def send(kafka: Kafka, *sent: events.Event[Any]) -> None:
    """Writes to the events' topics, in this order."""
    await kafka.ensure_topics(topics.TOPICS)
    producer = await kafka.producer()
    try:
        for event in sent:
            await producer.send_and_wait(event.topic, event.encode(), key=event.key)
    finally:
        await producer.stop()


def event(data: events.EventData) -> events.Event[Any]:
    """The event that tells of `data`."""
    return events.Event.of(data, id=uuid7())


async def tell(handlers: Handlers, runtime: Runtime[Any, Any], data: events.EventData) -> None:
    """Hands an event to its handler without a broker, in a transaction like the consumer's."""
    told = event(data)
    found = handlers.find(told)
    assert found is not None
    async with runtime.database.unit_of_work() as uow:
        await found.handle(told, EventContext(uow, runtime, told.topic, 0, 0))


def registered(patient_id: UUID, version: int = 1, **details: Any) -> events.PatientRegistered:
    """A patient was registered."""
    person = {"name": "Ada Lovelace", "email": f"{patient_id.hex}@example.org", **details}
    return events.PatientRegistered(version=version, patient_id=patient_id, registered_at=NOW, **person)


def appointment(kind: type[Any], patient_id: UUID, appointment_id: UUID | None = None, **extra: Any) -> Any:
    """Something happened to an appointment."""
    return kind(
        **{
            "version": 2,
            "appointment_id": appointment_id or uuid4(),
            "patient_id": patient_id,
            "doctor_id": uuid4(),
            "doctor_name": "Gregory House",
            "date": NOW + timedelta(days=1),
            "duration_minutes": 30,
            "time_zone": "Europe/Berlin",
            "status": events.AppointmentStatus.COMPLETED,
            **extra,
        }
    )
