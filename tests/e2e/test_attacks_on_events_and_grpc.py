"""Attacks 26 to 28 of docs/security.md: events on the topics, gRPC calls, and requests from other sites' pages."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError

from lab.waiting import until
from ops.databases import connect
from services.common.identifiers import uuid7
from services.contracts import events, topics
from services.contracts.proto import billing_v1_pb2, patient_v1_pb2
from services.contracts.roles import Role
from services.contracts.routes import ROUTES
from tests.e2e.kafka import CONSUMERS, Broker, discard, events_of
from tests.e2e.tasks import Task
from tests.support.clinic import complete_a_visit, emails_to, invoices_of
from tests.support.people import Person, unique

FOREIGN = "https://evil.example"
MIB = 1024 * 1024


def log_of(staff: Person, patient_id: str) -> list[dict[str, Any]]:
    """Returns the patient's entries in the event log, or an empty list until their messages are sent."""
    entries = staff.http.get("/notifications", params={"patientId": patient_id}).json()["items"]
    unsent = [entry for entry in entries for message in entry["messages"] if message["status"] != "SENT"]
    return [] if unsent else list(entries)


def patient_updated(patient_id: str, version: int, owner: str) -> events.Event[Any]:
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
    invoice = complete_a_visit(staff, doctor_id, patient_id)

    def settled() -> list[dict[str, Any]]:
        """Five events (registered, account opened, booked, completed, invoice raised), and their e-mails are sent."""
        return log if len(log := log_of(staff, patient_id)) == 5 else []

    log = until("all entries of the log", settled)
    mails = emails_to(address)
    (registered,) = await events_of(patient_id, 1)
    _, completed = await events_of(invoice["appointment_id"], 2, topics.APPOINTMENT.name)
    assert completed[1]["type"] == "appointment.completed"
    for topic, (key, value) in ((topics.PATIENT, registered), (topics.APPOINTMENT, completed)):
        for _ in range(3):
            await broker.send(topic, json.dumps(value).encode(), key.decode())
    assert invoices_of(staff, patient_id) == [invoice]
    assert until("the log", lambda: log_of(staff, patient_id)) == log
    assert emails_to(address) == mails


@pytest.mark.attack(26)
async def test_attack_26_an_older_version_does_not_win(
    broker: Broker, patient: Person, somebody: Person, clinic_patient: dict[str, Any]
) -> None:
    owner, former = (person.http.get("/auth/me").json()["id"] for person in (patient, somebody))
    for event in (patient_updated(clinic_patient["id"], 9, owner), patient_updated(clinic_patient["id"], 8, former)):
        await broker.send(topics.PATIENT, event.encode(), event.subject)
    account = f"/api/billing/accounts/{clinic_patient['id']}"
    assert patient.http.get(account).status_code == 200
    assert somebody.http.get(account).status_code == 404


@pytest.mark.attack(26)
async def test_attack_26_forged_messages_become_dead_letters(broker: Broker, staff: Person, patient: Person) -> None:
    """They have no effect, and the consumers read the messages that follow them on the partition."""
    key, patient_id = unique("forged"), str(uuid4())
    good = patient_updated(patient_id, 1, patient.http.get("/auth/me").json()["id"])
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
        await broker.send(topics.PATIENT, value, key)

    letters = await broker.dead_letters(topics.PATIENT, key)
    for consumer in CONSUMERS:
        theirs = [letter for letter in letters if dict(letter.headers)["dlq-consumer"] == consumer.encode()]
        assert [letter.value for letter in theirs] == forged
        assert {dict(letter.headers)["dlq-reason"] for letter in theirs} == {b"invalid"}
        discard(consumer, theirs)
    assert staff.http.get(f"/api/billing/accounts/{patient_id}").status_code == 404
    assert log_of(staff, patient_id) == []


@pytest.mark.attack(26)
async def test_attack_26_an_oversized_message_is_refused_by_the_broker(broker: Broker) -> None:
    producer = AIOKafkaProducer(**broker.connection, max_request_size=8 * MIB)
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
async def account_in_the_making(patient_id: UUID) -> AsyncIterator[None]:
    """Opens a patient's account in a transaction that does not end, so that another call that opens it has to wait."""
    connection = await connect("billing")
    columns = "id, patient_id, currency, balance_minor, version, opened_at"
    try:
        await connection.execute("BEGIN")
        await connection.execute(
            f"INSERT INTO account ({columns}) VALUES ($1, $2, 'EUR', 0, 1, now())", uuid4(), patient_id
        )
        yield
    finally:
        await connection.close()


@pytest.mark.attack(27)
async def test_attack_27_a_call_without_a_deadline_gets_the_deadline_of_the_server(
    tasks: dict[str, Task], staff: Person
) -> None:
    patient_id = uuid4()
    request = billing_v1_pb2.CreateBillingAccountRequest(patient_id=str(patient_id))
    async with account_in_the_making(patient_id):
        status = tasks["billing"].status_of("CreateBillingAccount", request, f"Bearer {staff.token}", timeout=None)
    assert status == "DEADLINE_EXCEEDED"
    assert tasks["billing"].status_of("CreateBillingAccount", request, f"Bearer {staff.token}") == "OK"


@pytest.mark.attack(28)
@pytest.mark.parametrize("origin", [FOREIGN, "null", "http://localhost:4566.evil.example"])
def test_attack_28_a_foreign_origin_gets_no_grant(anybody: httpx.Client, staff: Person, origin: str) -> None:
    preflight = {
        "origin": origin,
        "access-control-request-method": "GET",
        "access-control-request-headers": "authorization",
    }
    for path in {route.path.replace("{", "").replace("}", "") for route in ROUTES}:
        for answer in (anybody.options(path, headers=preflight), staff.http.get(path, headers={"origin": origin})):
            assert not [name for name in answer.headers if name.startswith("access-control-")], path
