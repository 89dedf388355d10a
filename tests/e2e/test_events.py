"""Creating a patient puts a CloudEvent on the topic, readable from this host at the string AWS's API returns."""

import asyncio
import json
from typing import Any

from aiokafka import AIOKafkaConsumer

from ops import aws
from tests.people import Person, new_patient

TOPIC = "pms.patient.v1"
WAIT_SECONDS = 60


async def events_of(subject: str, count: int, topic: str = TOPIC) -> list[tuple[bytes, dict[str, Any]]]:
    """Keys and values of the first `count` events about this aggregate."""
    brokers = aws.bootstrap_brokers()
    assert brokers, "get-bootstrap-brokers returned no BootstrapBrokerString"
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=brokers, auto_offset_reset="earliest", group_id=None)
    await consumer.start()
    found: list[tuple[bytes, dict[str, Any]]] = []
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            async for message in consumer:
                if message.key == subject.encode():  # others' may be no events at all: test_09 forges some
                    found.append((message.key, json.loads(message.value)))
                if len(found) == count:
                    return found
    finally:
        await consumer.stop()
    raise AssertionError("the consumer ended by itself")


async def test_a_patients_events_are_cloudevents_in_order(staff: Person) -> None:
    body = new_patient()
    patient = staff.http.post("/api/patients", json=body).json()
    path = f"/api/patients/{patient['id']}"
    staff.http.put(path, json=body | {"name": "Grace Hopper"}).raise_for_status()
    staff.http.delete(path).raise_for_status()

    events = await events_of(patient["id"], 3)

    assert [event["type"] for _, event in events] == ["patient.registered", "patient.updated", "patient.deleted"]
    assert [event["data"]["version"] for _, event in events] == [1, 2, 3]
    assert len({event["id"] for _, event in events}) == 3
    for key, event in events:
        assert key.decode() == patient["id"]
        assert event["specversion"] == "1.0"
        assert event["source"] == "/pms/patient"
        assert event["time"].endswith("Z") or "+00:00" in event["time"]
        assert event["traceparent"].startswith("00-")
