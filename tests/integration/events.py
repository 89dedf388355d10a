"""Events of other services, and how a test gives them to a service."""

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
    """Writes the events to their topics, in this order."""
    await kafka.ensure_topics(topics.TOPICS)
    producer = await kafka.producer()
    try:
        for event in sent:
            await producer.send_and_wait(event.topic, event.encode(), key=event.key)
    finally:
        await producer.stop()


def event(data: events.EventData) -> events.Event[Any]:
    """Returns an event with this data."""
    return events.Event.of(data, id=uuid7())


async def tell(handlers: Handlers, runtime: Runtime[Any, Any], data: events.EventData) -> None:
    """Calls the handler of an event without a broker, in a transaction as the consumer does."""
    sent = event(data)
    found = handlers.find(sent)
    assert found is not None
    async with runtime.database.unit_of_work() as uow:
        await found.handle(sent, EventContext(uow, runtime, sent.topic, 0, 0))


def registered(patient_id: UUID, version: int = 1, **details: Any) -> events.PatientRegistered:
    """Returns the data of the event that a patient was registered."""
    person = {"name": "Ada Lovelace", "email": f"{patient_id.hex}@example.org", **details}
    return events.PatientRegistered(version=version, patient_id=patient_id, registered_at=NOW, **person)


def appointment(kind: type[Any], patient_id: UUID, appointment_id: UUID | None = None, **extra: Any) -> Any:
    """Returns the data of an event of type `kind`, about an appointment."""
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
