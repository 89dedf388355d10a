"""Events are logged, and messages are sent for them."""

from __future__ import annotations

import json
import os
import random
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from lab.waiting import eventually
from services.common.messaging.kafka import Kafka
from services.contracts import events
from tests.integration.events import NOW, appointment, event, registered, send

EDGE = os.environ.get("AWS_ENDPOINT_URL", "http://localhost:4566")


def _emails(recipient: str) -> list[dict[str, Any]]:
    """Returns the e-mails that LocalStack's SES has sent to an address."""
    sent = httpx.get(f"{EDGE}/_aws/ses").json()["messages"]
    return [mail for mail in sent if mail["Destination"]["ToAddresses"] == [recipient]]


def _texts(number: str) -> list[dict[str, Any]]:
    """Returns the text messages that LocalStack's SNS has sent to a number."""
    region = httpx.get(f"{EDGE}/_aws/sns/sms-messages", params={"region": "us-east-1"}).json()
    found: list[dict[str, Any]] = region["sms_messages"].get(number, [])
    return found


async def _log(client: httpx.AsyncClient, patient_id: UUID, **filters: str) -> list[dict[str, Any]]:
    answer = await client.get("/notifications", params={"patientId": str(patient_id), **filters})
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def _sent(client: httpx.AsyncClient, patient_id: UUID, count: int) -> list[dict[str, Any]]:
    """Waits until `count` messages for the patient are sent and none is pending. Returns the log."""

    async def ask() -> list[dict[str, Any]] | None:
        entries = await _log(client, patient_id)
        states = [message["status"] for entry in entries for message in entry["messages"]]
        return entries if len(states) == count and set(states) == {"SENT"} else None

    return await eventually(f"{count} messages to be sent", ask)


@pytest.mark.attack(26)
async def test_an_event_that_arrives_three_times_causes_one_email(client: httpx.AsyncClient, kafka: Kafka) -> None:
    patient = uuid4()
    mail = f"{patient.hex}@example.org"
    told = [event(registered(patient)), event(appointment(events.AppointmentBooked, patient, booked_at=NOW))]
    shuffled = told * 3
    random.Random(3).shuffle(shuffled)
    await send(kafka, *shuffled)
    entries = await _sent(client, patient, 2)
    assert {entry["event_type"] for entry in entries} == {"patient.registered", "appointment.booked"}
    subjects = sorted(mail["Subject"] for mail in _emails(mail))
    assert subjects == ["Welcome to the clinic", "Your appointment on Tuesday, 5 May 2026"]
    assert all("Ada Lovelace" in mail["Body"]["text_part"] for mail in _emails(mail))


async def test_a_message_waits_for_the_address_of_its_patient(client: httpx.AsyncClient, kafka: Kafka) -> None:
    patient, phone = uuid4(), f"+4930{random.randrange(10**7, 10**8)}"
    await send(kafka, event(appointment(events.AppointmentBooked, patient, booked_at=NOW)))

    async def tried() -> bool:
        entries = await _log(client, patient)
        return bool(entries) and all(message["attempts"] > 0 for message in entries[0]["messages"])

    await eventually("an attempt", tried)
    await send(kafka, event(registered(patient, phone=phone)))
    await _sent(client, patient, 3)
    assert len(_emails(f"{patient.hex}@example.org")) == 2
    assert [text["Message"] for text in _texts(phone)] == ["Your appointment is on Tuesday, 5 May 2026 at 11:00."]


async def test_a_deleted_patient_gets_no_more_emails_and_is_not_in_the_log(
    client: httpx.AsyncClient, kafka: Kafka
) -> None:
    patient = uuid4()
    gone = events.PatientDeleted(version=2, patient_id=patient, deleted_at=NOW)
    await send(kafka, event(registered(patient, phone="+4930123456")))
    await _sent(client, patient, 1)
    late = event(registered(patient, phone="+4930123456"))  # an older version does not bring the address back
    await send(kafka, event(gone), late, event(appointment(events.AppointmentBooked, patient, booked_at=NOW)))

    async def dropped() -> bool:
        booked = await _log(client, patient, event_type="appointment.booked")
        return bool(booked) and booked[0]["messages"] == []  # deleted at once, instead of failing after minutes

    await eventually("the event without a message", dropped)
    assert len(_emails(f"{patient.hex}@example.org")) == 1
    log = await _log(client, patient)
    assert [entry["event_type"] for entry in log].count("patient.registered") == 2
    for personal in ("Ada Lovelace", "example.org", "+4930123456"):
        assert personal not in json.dumps(log)


async def test_staff_write_an_email(client: httpx.AsyncClient) -> None:
    to = f"{uuid4().hex}@example.org"
    body = {"to": to, "subject": "Your results", "body": "Please call us.\nThank you."}
    headers = {"Idempotency-Key": uuid4().hex}
    accepted = await client.post("/notify/email", json=body, headers=headers)
    assert accepted.status_code == 202
    again = await client.post("/notify/email", json=body, headers=headers)
    assert again.json() == accepted.json()

    async def sent() -> list[dict[str, Any]]:
        return _emails(to)

    mails = await eventually("the e-mail", sent)
    assert [mail["Subject"] for mail in mails] == ["Your results"]
    logged = (await client.get("/notifications", params={"event_type": "notification.email_requested"})).json()["items"]
    assert accepted.json()["id"] in {entry["id"] for entry in logged}


@pytest.mark.attack(17)
@pytest.mark.parametrize(
    "fault",
    [
        {"to": "nobody"},
        {"to": "a@example.org\r\nBcc: b@example.org"},
        {"subject": "Hello\r\nBcc: b@example.org"},
        {"subject": ""},
        {"body": ""},
        {"cc": "b@example.org"},
    ],
)
async def test_an_invalid_email_is_refused(client: httpx.AsyncClient, fault: dict[str, str]) -> None:
    body = {"to": "a@example.org", "subject": "Hello", "body": "Hello", **fault}
    assert (await client.post("/notify/email", json=body)).status_code == 422


async def test_the_log_is_paged_and_filtered_by_time(client: httpx.AsyncClient, kafka: Kafka) -> None:
    patient = uuid4()
    booked = [event(appointment(events.AppointmentCompleted, patient, completed_at=NOW)) for _ in range(5)]
    await send(kafka, *booked)

    async def all_five() -> bool:
        return len(await _log(client, patient)) == 5

    await eventually("all five", all_five)
    seen: list[str] = []
    parameters = {"patientId": str(patient), "limit": "2"}
    while True:
        page = (await client.get("/notifications", params=parameters)).json()
        seen += [entry["id"] for entry in page["items"]]
        if page["next_cursor"] is None:
            break
        parameters["cursor"] = page["next_cursor"]
    assert sorted(seen) == sorted(str(told.id) for told in booked)
    assert await _log(client, patient, to="2020-01-01T00:00:00Z") == []
    assert len(await _log(client, patient, **{"from": "2020-01-01T00:00:00Z"})) == 5
