"""Personal data reaches no log, no metric and no header of a dead letter. The tests look for canaries in all of them.

The test of spans is `tests/integration/common/test_telemetry.py`, which has a collector. X-Request-Id holds no canary,
because it is meant to be in the logs.
"""

from __future__ import annotations

import json
import secrets
import subprocess
import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx

from lab.waiting import until
from ops import aws, settings
from ops.contracts import publish
from services.appointment import consumers as appointment
from services.billing import consumers as billing
from services.common.identifiers import uuid7
from services.contracts import topics
from services.contracts.events import EVENT_TYPES
from services.notification import consumers as notification
from tests.e2e.kafka import Broker, discard
from tests.e2e.tasks import Task
from tests.support import logs
from tests.support.clinic import wait_for_free_slots
from tests.support.people import Person, new_patient, unique

METHODS = ("get", "post", "put", "patch", "delete")
CONSUMERS = (appointment.handlers, billing.handlers, notification.handlers)
Texts = Iterator[tuple[str, str]]
"""Pairs of a place and a text that was found there."""


def all_logs(since: float) -> Texts:
    """Yields all that was logged since: by the services, the API, the databases and LocalStack's container."""
    for page in aws.client("logs").get_paginator("describe_log_groups").paginate():
        for name in (group["logGroupName"] for group in page["logGroups"]):
            yield from ((name, message) for message in logs.messages(name, since))
    done = subprocess.run(
        ["docker", "logs", "--since", str(int(since)), settings.CONTAINER], capture_output=True, text=True, check=True
    )
    yield from ((settings.CONTAINER, line) for line in (done.stdout + done.stderr).splitlines())
    yield from database_logs()


def database_logs() -> Texts:
    """Yields all that the PostgreSQL servers ever logged: RDS returns whole files."""
    rds = aws.client("rds")
    for database in rds.describe_db_instances()["DBInstances"]:
        name = database["DBInstanceIdentifier"]
        for file in rds.describe_db_log_files(DBInstanceIdentifier=name)["DescribeDBLogFiles"]:
            marker, more = "0", True
            while more:
                part = rds.download_db_log_file_portion(
                    DBInstanceIdentifier=name, LogFileName=file["LogFileName"], Marker=marker
                )
                yield from ((name, line) for line in (part.get("LogFileData") or "").splitlines())
                marker, more = part["Marker"], part["AdditionalDataPending"]


def found(texts: Texts, canaries: list[str]) -> list[tuple[str, str, str]]:
    """Returns each canary in the texts, once for each place. Ignores case, because services fold e-mail addresses."""
    seen = {}
    for where, text in texts:
        folded = text.casefold()
        for canary in canaries:
            if canary.casefold() in folded:
                seen.setdefault((canary, where), text[:300])
    return [(*key, text) for key, text in seen.items()]


# --- every field of every operation -----------------------------------------------------------------------------------


def operations() -> list[tuple[str, str, dict[str, Any], dict[str, Any]]]:
    """Returns method, path, description and document of all operations that are published."""
    return [
        (method, path, item[method], document)
        for document in (json.loads(file.read_text()) for file in sorted(publish.OPENAPI.glob("*.json")))
        for path, item in document["paths"].items()
        for method in METHODS
        if method in item
    ]


def filled(schema: dict[str, Any], document: dict[str, Any], canary: str) -> Any:
    """Returns a body of the schema's shape with the canary in every field, and as an additional field."""
    while "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    if "properties" in schema:
        return {name: filled(part, document, canary) for name, part in schema["properties"].items()} | {canary: canary}
    if schema.get("type") == "array":
        return [filled(schema["items"], document, canary)]
    return canary


def call_all_operations(http: httpx.Client, canary: str, **more: str) -> list[httpx.Response]:
    """Calls every operation with the canary in its path, and in known and unknown parameters, headers and fields."""
    answers = []
    for method, path, operation, document in operations():
        parameters = operation.get("parameters", [])
        named = {
            place: [one["name"] for one in parameters if one["in"] == place] for place in ("path", "query", "header")
        }
        for name in named["path"]:
            path = path.replace(f"{{{name}}}", canary)
        headers = dict.fromkeys(
            [*named["header"], "User-Agent", "Cookie", "X-Forwarded-For", "Referer", canary], canary
        )
        content, media_type = None, "application/json"
        if body := operation.get("requestBody"):
            ((media_type, described),) = body["content"].items()
            content = json.dumps(filled(described["schema"], document, canary))
        answers.append(
            http.request(
                method,
                path,
                params=dict.fromkeys([*named["query"], canary], canary),
                headers={**headers, "Content-Type": media_type, **more},
                content=content,
            )
        )
    return answers


def test_refused_data_is_not_logged(admin: Person, anybody: httpx.Client) -> None:
    """Neither by the services nor by the gateway, which refuses unknown tokens, paths and methods."""
    since, canary = time.time(), unique("Canaryrefused")

    answers = call_all_operations(admin.http, canary)
    answers += call_all_operations(anybody, canary, authorization=f"Bearer {canary}")
    for value in (canary, f"Basic {canary}", f"Bearer {admin.token[:-8]}{canary}"):
        answers.append(anybody.get("/api/patients", headers={"authorization": value}))
    answers.append(admin.http.get(f"/{canary}", params={"q": canary}))
    answers.append(admin.http.request(canary.upper(), "/api/patients"))
    answers.append(admin.http.post("/api/patients", content=f'{{"name": "{canary}', headers={"content-type": canary}))
    answers.append(admin.http.post("/api/patients", content=f'{{"name": "{canary}'))

    wrong = [(str(answer.request.url), answer.status_code) for answer in answers if answer.status_code >= 500]
    assert wrong == []
    wait_for_logs(admin, since)
    assert found(all_logs(since), [canary, admin.token]) == []


def wait_for_logs(person: Person, since: float) -> None:
    """Sends one more request to each service, and waits until it is logged: then the earlier ones are logged too."""
    marker = unique("last-")
    for route in ("/auth/me", "/api/patients", "/appointments", "/api/billing/invoices", "/notifications"):
        assert person.http.get(route, headers={"X-Request-Id": marker}).status_code == 200

    def logged() -> bool:
        return (
            len(
                [text for where, text in all_logs(since) if marker in text and where.startswith(f"/{settings.PREFIX}/")]
            )
            >= 5
        )

    until("the requests are logged", logged)


# --- accepted data ----------------------------------------------------------------------------------------------------


def test_accepted_data_is_not_logged(anybody: httpx.Client, admin: Person, staff: Person, doctor_id: str) -> None:
    since = time.time()
    username, password, name, address = (unique(f"Canary{what}") for what in ("user", "pass-1-", "name ", "road"))
    reason, subject, body, key = (unique(f"Canary{what}") for what in ("ill", "subject", "body", "key"))
    phone = f"+4930{secrets.randbelow(90_000_000) + 10_000_000}"

    account = {"username": username, "password": password, "email": f"{username}@example.com", "full_name": name}
    assert anybody.post("/auth/register", json=account, headers={"Idempotency-Key": key}).status_code == 201
    assert anybody.post("/auth/register", json=account).status_code == 409
    tokens = anybody.post("/auth/login", json={"username": username, "password": password}).json()
    assert anybody.post("/auth/login", json={"username": username, "password": f"{password}x"}).status_code == 401
    refreshed = anybody.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]}).json()
    again = anybody.post("/auth/refresh", json={"refresh_token": tokens["refresh_token"]})  # ends the session
    assert again.status_code == 401

    person = new_patient(name=name, address=address, phone=phone, email=f"{name.split()[1]}@example.com")
    created = staff.http.post("/api/patients", json=person, headers={"Idempotency-Key": key})
    assert created.status_code == 201, created.text
    assert staff.http.post("/api/patients", json=person).status_code == 409  # PostgreSQL's error has the value
    path = created.headers["location"]
    assert staff.http.put(path, json=person | {"address": f"{address} 2"}).status_code == 200
    for query in ({"q": name}, {"name": name}, {"email": person["email"]}, {"q": phone}):
        assert staff.http.get("/api/patients", params=query).status_code == 200

    slots = wait_for_free_slots(staff, doctor_id)
    visit = {"patient_id": created.json()["id"], "doctor_id": doctor_id, "date": slots[-1]["start"], "reason": reason}
    booked = staff.http.post("/appointments", json=visit)
    assert booked.status_code == 201, booked.text
    assert staff.http.post("/appointments", json=visit).status_code == 409
    moved = staff.http.put(booked.headers["location"], json=visit | {"date": slots[-2]["start"]})
    assert moved.status_code == 200, moved.text
    assert staff.http.post(f"{booked.headers['location']}/cancel").status_code == 200
    email = {"to": person["email"], "subject": subject, "body": body}
    assert staff.http.post("/notify/email", json=email).status_code == 202
    assert staff.http.delete(path).status_code == 204

    wait_for_logs(admin, since)
    canaries = [username, password, name.split()[1], address, phone, reason, subject, body, key]
    canaries += [value for one in (tokens, refreshed) for value in (one["access_token"], one["refresh_token"])]
    assert found(all_logs(since), [*canaries, staff.token]) == []
    assert found(all_metrics(), canaries) == []


def all_metrics() -> Texts:
    for name in aws.service_names():
        answer = httpx.get(f"{Task.of(name).url}/metrics", timeout=10)
        assert "http_requests_total" in answer.text
        yield name, answer.text


# --- events -----------------------------------------------------------------------------------------------------------


def broken_events(canary: str) -> Iterator[tuple[topics.Topic, bytes]]:
    """Yields messages that are no events, and each type of event with the canary as all attributes and their values."""
    for topic in topics.TOPICS:
        yield topic, f'{{"{canary}": "{canary}'.encode()
        yield topic, json.dumps({"specversion": canary, "type": canary, "id": canary, canary: canary}).encode()
    for model in EVENT_TYPES:
        data = dict.fromkeys([*model.model_fields, canary], canary)
        about = {"specversion": "1.0", "id": str(uuid7()), "source": model.SOURCE, "type": str(model.TYPE)}
        extra = {"subject": canary, "time": "2026-01-01T00:00:00Z", "data": data, canary: canary}
        yield model.TOPIC, json.dumps(about | extra).encode()


async def test_a_message_that_cannot_be_processed_is_not_quoted(broker: Broker) -> None:
    since, canary, key = time.time(), unique("Canarypoison"), str(uuid4())
    sent = list(broken_events(canary))
    expected = sum(topic in handlers.topics for topic, _ in sent for handlers in CONSUMERS)
    for topic, value in sent:
        await broker.producer.send_and_wait(topic.name, value, key=key.encode())

    def dead_letter_lines() -> list[str]:
        return [text for _, text in all_logs(since) if '"event": "dead_letter"' in text]

    until("all consumers put the messages aside", lambda: len(dead_letter_lines()) >= expected)
    letters = [letter for topic in topics.TOPICS for letter in await broker.dead_letters(topic, key)]
    assert len(letters) == expected
    headers = [("a dead letter", f"{name}: {value.decode()}") for letter in letters for name, value in letter.headers]
    assert found(iter(headers), [canary]) == []
    assert found(all_logs(since), [canary]) == []
    assert found(all_metrics(), [canary]) == []
    for consumer in {dict(letter.headers)["dlq-consumer"].decode() for letter in letters}:
        discard(consumer, [one for one in letters if dict(one.headers)["dlq-consumer"] == consumer.encode()])
