"""Attacks 26 to 28 of docs/security.md: messages on the topics, gRPC calls, and other sites' pages."""

from __future__ import annotations

import json
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from aiokafka import AIOKafkaProducer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import MessageSizeTooLargeError

from ops import aws
from ops.databases import connect
from services.common.identifiers import uuid7
from services.common.messaging.kafka import Kafka
from services.common.settings import ServiceSettings
from services.contracts import events, topics
from services.contracts.proto import billing_v1_pb2, patient_v1_pb2
from services.contracts.roles import Role
from services.contracts.routes import ROUTES
from tests.clinic import invoices_of, sent_to, treat
from tests.e2e.attacker import Task
from tests.e2e.test_events import events_of
from tests.people import Person, unique
from tests.waiting import eventually, until

READERS = ("billing", "notification")  # of patients' and of appointments' events
FOREIGN = "https://evil.example"
MIB = 1024 * 1024


@dataclass(frozen=True)
class Broker:
    """What somebody does who has reached it."""

    kafka: Kafka
    producer: AIOKafkaProducer
    admin: AIOKafkaAdminClient

    async def send(self, topic: topics.Topic, value: bytes, key: str) -> None:
        """Sends it, and waits until all its readers have it behind them."""
        sent = await self.producer.send_and_wait(topic.name, value, key=key.encode())
        place = TopicPartition(sent.topic, sent.partition)

        async def read() -> bool:
            committed = [await self.admin.list_consumer_group_offsets(reader) for reader in READERS]
            return all(offsets[place].offset > sent.offset for offsets in committed)

        await eventually("all readers to be past it", read)

    async def dead_letters(self, topic: topics.Topic, key: str) -> list[ConsumerRecord]:
        """What was put aside under this key."""
        consumer = await self.kafka.consumer(topic.dlq, group=None)
        try:
            places = consumer.assignment()
            ends = await consumer.end_offsets(places)
            found: list[ConsumerRecord] = []
            while any([await consumer.position(place) < ends[place] for place in places]):
                for messages in (await consumer.getmany(timeout_ms=1000)).values():
                    found += [message for message in messages if message.key == key.encode()]
            return found
        finally:
            await consumer.stop()


@pytest.fixture
async def broker() -> AsyncIterator[Broker]:
    servers = aws.bootstrap_brokers()
    assert servers
    kafka = Kafka(ServiceSettings(service_name="attacker", kafka_bootstrap_servers=servers))
    producer, admin = await kafka.producer(), AIOKafkaAdminClient(bootstrap_servers=servers)
    await admin.start()
    yield Broker(kafka, producer, admin)
    await producer.stop()
    await admin.close()


def log_of(staff: Person, patient_id: str) -> list[dict[str, Any]]:
    """The patient's entries in the event log once their messages are sent; empty before."""
    entries = staff.http.get("/notifications", params={"patientId": patient_id}).json()["items"]
    waiting = [entry for entry in entries for message in entry["messages"] if message["status"] != "SENT"]
    return [] if waiting else list(entries)


def updated(patient_id: str, version: int, owner: str) -> events.Event[Any]:
    data = events.PatientUpdated(
        version=version,
        patient_id=UUID(patient_id),
        name="Ada Lovelace",
        email="ada@example.com",
        owner_user_id=UUID(owner),
        changed=("owner_user_id",),
        updated_at=datetime.now(UTC),
    )
    return events.Event.of(data, id=uuid7())


@pytest.mark.attack(26)
async def test_attack_26_replayed_events_have_no_second_effect(
    broker: Broker, staff: Person, doctor_id: str, clinic_patient: dict[str, Any]
) -> None:
    patient_id, address = clinic_patient["id"], clinic_patient["email"]
    invoice = treat(staff, doctor_id, patient_id)

    def settled() -> list[dict[str, Any]]:
        """registered, account opened, booked, completed, invoice raised: and all e-mails about them are sent."""
        return log if len(log := log_of(staff, patient_id)) == 5 else []

    log = until("all entries of the log", settled)
    mails = sent_to(address)
    (registered,) = await events_of(patient_id, 1)
    _, completed = await events_of(invoice["appointment_id"], 2, topics.APPOINTMENT.name)
    assert completed[1]["type"] == "appointment.completed"
    for topic, (key, value) in ((topics.PATIENT, registered), (topics.APPOINTMENT, completed)):
        for _ in range(3):
            await broker.send(topic, json.dumps(value).encode(), key.decode())
    assert invoices_of(staff, patient_id) == [invoice]
    assert until("the log", lambda: log_of(staff, patient_id)) == log
    assert sent_to(address) == mails


@pytest.mark.attack(26)
async def test_attack_26_an_older_version_does_not_win(
    broker: Broker, patient: Person, somebody: Person, clinic_patient: dict[str, Any]
) -> None:
    owner, former = (who.http.get("/auth/me").json()["id"] for who in (patient, somebody))
    for event in (updated(clinic_patient["id"], 9, owner), updated(clinic_patient["id"], 8, former)):
        await broker.send(topics.PATIENT, event.encode(), event.subject)
    account = f"/api/billing/accounts/{clinic_patient['id']}"
    assert patient.http.get(account).status_code == 200
    assert somebody.http.get(account).status_code == 404


@pytest.mark.attack(26)
async def test_attack_26_forged_messages_go_aside(broker: Broker, staff: Person, patient: Person) -> None:
    """Nothing comes of them, and what follows them on the partition is read."""
    marker, victim = unique("forged"), str(uuid4())
    good = updated(victim, 1, patient.http.get("/auth/me").json()["id"])
    document = json.loads(good.encode())
    user = events.UserRegistered(
        version=1,
        user_id=uuid4(),
        username="mallory",
        email="mallory@example.com",
        roles=(Role.ADMIN,),
        registered_at=datetime.now(UTC),
    )
    forged = [
        b"{not json",
        b"",
        good.encode(),  # under another aggregate's key
        json.dumps(document | {"source": "/pms/auth"}).encode(),
        json.dumps(document | {"subject": str(uuid4())}).encode(),
        json.dumps(document | {"data": {}}).encode(),
        events.Event.of(user, id=uuid7()).encode(),  # on another topic
    ]
    for value in forged:
        await broker.send(topics.PATIENT, value, marker)

    letters = await broker.dead_letters(topics.PATIENT, marker)
    for reader in READERS:
        theirs = [letter for letter in letters if dict(letter.headers)["dlq-consumer"] == reader.encode()]
        assert [letter.value for letter in theirs] == forged
        assert {dict(letter.headers)["dlq-reason"] for letter in theirs} == {b"invalid"}
        discard(reader, theirs)
    assert staff.http.get(f"/api/billing/accounts/{victim}").status_code == 404
    assert log_of(staff, victim) == []


def discard(reader: str, letters: list[ConsumerRecord]) -> None:
    """As an operator would, so that the next one does not have to wonder about them."""
    containers = aws.tasks(reader)[0]["containers"]
    task = next(container["runtimeId"] for container in containers if container["name"] == reader)
    places = [f"{letter.topic}/{letter.partition}/{letter.offset}" for letter in letters]
    subprocess.run(["docker", "exec", task, "dead-letters", "discard", *places], check=True, capture_output=True)


@pytest.mark.attack(26)
async def test_attack_26_an_oversized_message_is_refused_by_the_broker(broker: Broker) -> None:
    servers = await broker.kafka.bootstrap_servers()
    producer = AIOKafkaProducer(bootstrap_servers=servers, max_request_size=8 * MIB)
    await producer.start()
    try:
        with pytest.raises(MessageSizeTooLargeError):
            await producer.send_and_wait(topics.PATIENT.name, b"x" * 2 * MIB, key=b"huge")
    finally:
        await producer.stop()


@pytest.mark.attack(27)
def test_attack_27_an_oversized_grpc_message(tasks: dict[str, Task], staff: Person) -> None:
    token = f"Bearer {staff.token}"
    huge = patient_v1_pb2.GetPatientRequest(id="x" * 2 * MIB)
    assert tasks["patient"].status_of("GetPatient", huge, token) == "RESOURCE_EXHAUSTED"
    many = patient_v1_pb2.BatchGetPatientsRequest(ids=[str(uuid4())] * 201)
    assert tasks["patient"].status_of("BatchGetPatients", many, token) == "INVALID_ARGUMENT"


@asynccontextmanager
async def held(account_of: str) -> AsyncIterator[None]:
    """A patient's account is locked meanwhile: whoever wants to write it has to wait."""
    connection = await connect("billing")
    try:
        async with connection.transaction():
            assert await connection.fetch("SELECT 1 FROM account WHERE patient_id = $1 FOR UPDATE", UUID(account_of))
            yield
    finally:
        await connection.close()


@pytest.mark.attack(27)
async def test_attack_27_a_call_without_a_deadline_gets_the_servers(
    tasks: dict[str, Task], staff: Person, clinic_patient: dict[str, Any]
) -> None:
    patient_id = clinic_patient["id"]
    account = f"/api/billing/accounts/{patient_id}"
    until("the account", lambda: staff.http.get(account).status_code == 200)
    request = billing_v1_pb2.CreateBillingAccountRequest(patient_id=patient_id)
    async with held(patient_id):
        status = tasks["billing"].status_of("CreateBillingAccount", request, f"Bearer {staff.token}", timeout=None)
    assert status == "DEADLINE_EXCEEDED"
    assert tasks["billing"].status_of("CreateBillingAccount", request, f"Bearer {staff.token}") == "OK"


@pytest.mark.attack(28)
@pytest.mark.parametrize("origin", [FOREIGN, "null", "http://localhost:4566.evil.example"])
def test_attack_28_a_foreign_origin_gets_no_grant(anybody: httpx.Client, staff: Person, origin: str) -> None:
    wish = {"origin": origin, "access-control-request-method": "GET", "access-control-request-headers": "authorization"}
    for path in {route.path.replace("{", "").replace("}", "") for route in ROUTES}:
        for answer in (anybody.options(path, headers=wish), staff.http.get(path, headers={"origin": origin})):
            assert not [name for name in answer.headers if name.startswith("access-control-")], path
