"""Many requests at once, through the gateway: a slot is booked once, a repetition has one effect, no update is lost.

The gateway throttles none of them: its limit is 25,000 requests in the local stage and 1,000 in production
(`cdk_app/config.py`), and these tests send 200. They expect certain statuses, and 429 is none of them.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import httpx
import pytest

from ops import settings
from tests.support.clinic import wait_for_free_slots
from tests.support.people import Person, new_patient, unique

CLIENTS = 200
Send = Callable[[int], Coroutine[Any, Any, httpx.Response]]


@pytest.fixture
async def client(staff: Person) -> AsyncIterator[httpx.AsyncClient]:
    """Staff's client with an open connection for each request: opening them would spread the requests over time."""
    limits = httpx.Limits(max_connections=CLIENTS, max_keepalive_connections=CLIENTS)
    headers = {"authorization": f"Bearer {staff.token}"}
    async with httpx.AsyncClient(base_url=settings.API_URL, headers=headers, limits=limits, timeout=60) as http:
        answers = await at_once(lambda _: http.get("/auth/me"), CLIENTS)
        assert {answer.status_code for answer in answers} == {200}
        yield http


async def at_once(send: Send, count: int) -> list[httpx.Response]:
    return await asyncio.gather(*(send(number) for number in range(count)))


def statuses(answers: list[httpx.Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


async def test_one_of_200_bookings_of_a_slot_succeeds(client: httpx.AsyncClient, staff: Person, doctor_id: str) -> None:
    patients = [(await client.post("/api/patients", json=new_patient())).json()["id"] for _ in range(20)]
    slot = (await asyncio.to_thread(wait_for_free_slots, staff, doctor_id))[-1]["start"]
    bookings = [{"patient_id": patient, "doctor_id": doctor_id, "date": slot} for patient in patients]

    answers = await at_once(lambda n: client.post("/appointments", json=bookings[n % len(bookings)]), CLIENTS)

    assert statuses(answers) == {201: 1, 409: CLIENTS - 1}
    listed = (await client.get("/appointments", params={"doctorId": doctor_id, "from": slot})).json()["items"]
    assert len([item for item in listed if item["date"] == slot]) == 1


async def test_20_parallel_retries_get_the_same_answer(client: httpx.AsyncClient) -> None:
    body, headers = new_patient(), {"Idempotency-Key": unique("key-")}

    answers = await at_once(lambda _: client.post("/api/patients", json=body, headers=headers), 20)

    assert statuses(answers) == {201: 20}
    assert len({(answer.content, answer.headers["location"], answer.headers["etag"]) for answer in answers}) == 1
    assert len([answer for answer in answers if answer.headers.get("idempotent-replayed") == "true"]) == 19
    found = (await client.get("/api/patients", params={"email": body["email"]})).json()["items"]
    assert [patient["id"] for patient in found] == [answers[0].json()["id"]]


async def test_each_success_of_50_writers_is_one_version(client: httpx.AsyncClient) -> None:
    """Each writer reads, changes and writes with If-Match, and repeats that until it succeeds."""
    body = new_patient()
    path = (await client.post("/api/patients", json=body)).headers["location"]
    refused = 0

    async def write(number: int) -> httpx.Response:
        nonlocal refused
        while True:
            read = await client.get(path)
            changed = body | {"address": f"{read.json().get('address') or ''}{chr(ord('a') + number % 26)}"}
            answer = await client.put(path, json=changed, headers={"If-Match": read.headers["etag"]})
            if answer.status_code != 412:
                return answer
            refused += 1

    answers = await at_once(write, 50)

    assert statuses(answers) == {200: 50}
    assert sorted(answer.json()["version"] for answer in answers) == list(range(2, 52))
    final = (await client.get(path)).json()
    assert final["version"] == 51
    assert len(final["address"]) == 50  # the changes of all writers are there
    assert refused > 0  # otherwise the writers were not concurrent
