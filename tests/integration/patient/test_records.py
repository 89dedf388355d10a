"""Patients' records are registered, read, replaced and deleted through the API."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.common.runtime import Runtime
from services.contracts.roles import Role
from tests.integration.patient.conftest import Caller, person


async def test_a_registered_patient_is_read_as_it_was_written(staff: Caller) -> None:
    body = person(
        name="  Zoë Müller 🩺", email="Zoe.Mueller@Example.ORG", phone="+49 30 123456", address="Weg 1\r\n10115 Berlin"
    )
    response = await staff.request("POST", json=body)
    assert response.status_code == 201
    created = response.json()
    assert response.headers["location"] == f"/api/patients/{created['id']}"
    assert response.headers["etag"] == '"1"'
    read = await staff.request("GET", f"/{created['id']}")
    assert read.headers["etag"] == '"1"'
    assert {**read.json(), "warnings": []} == created
    assert created["name"] == "Zoë Müller 🩺"
    assert created["email"] == "zoe.mueller@example.org"
    assert created["address"] == "Weg 1\n10115 Berlin"
    assert (created["dob"], created["version"], created["owner_user_id"]) == ("1990-12-10", 1, None)
    assert created["registered_at"].endswith("Z")


async def test_an_email_address_belongs_to_one_patient_whatever_its_case(staff: Caller) -> None:
    first = await staff.register(email="grace@example.org")
    taken = await staff.request("POST", json=person(email="GRACE@example.org"))
    assert taken.status_code == 409
    assert taken.headers["content-type"] == "application/problem+json"
    assert taken.json()["type"] == "urn:pms:problem:duplicate-email"
    other = await staff.register()
    stolen = await staff.request("PUT", f"/{other['id']}", json=person(email="grace@example.org"))
    assert stolen.status_code == 409
    assert (await staff.request("DELETE", f"/{first['id']}")).status_code == 204
    await staff.register(email="grace@example.org")


async def test_one_of_many_simultaneous_registrations_of_an_address_wins(staff: Caller) -> None:
    answers = await asyncio.gather(*(staff.request("POST", json=person(email="same@example.org")) for _ in range(12)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 11


async def test_whether_an_address_is_a_patients_cannot_be_found_out(staff: Caller, patient_user: Caller) -> None:
    known = await staff.register(email="known@example.org")
    mine = await patient_user.request("POST", json=person(email="known@example.org"))
    unknown = await staff.request("POST", json=person(email="unknown@example.org"))
    assert mine.status_code == unknown.status_code == 201
    assert set(mine.json()) == set(unknown.json())
    path = f"/{mine.json()['id']}"
    for address in ("free@example.org", "known@example.org"):
        changed = await patient_user.request("PUT", path, json=person(email=address))
        assert (changed.status_code, changed.json()["email"]) == (200, address)
    found = (await staff.request("GET", params={"email": "known@example.org"})).json()["items"]
    assert {record["id"] for record in found} == {known["id"], mine.json()["id"]}
    taken = await staff.request("POST", json=person(email="free@example.org"))
    assert taken.status_code == 201
    assert (await staff.request("PUT", path, json=person(email="unknown@example.org"))).status_code == 409


async def test_only_staff_are_warned_of_a_likely_duplicate(staff: Caller, patient_user: Caller) -> None:
    first = await staff.register(name="José  García", dob="1980-02-29")
    second = await staff.register(name="jose garcia", dob="1980-02-29")
    assert first["warnings"] == []
    assert second["warnings"] == [{"code": "likely-duplicate", "patient_ids": [first["id"]]}]
    assert (await staff.register(name="José García", dob="1980-03-01"))["warnings"] == []
    assert (await patient_user.register(name="José García", dob="1980-02-29"))["warnings"] == []


@pytest.mark.attack(11, 18, 22)
@pytest.mark.parametrize(
    "fault",
    [
        {"name": ""},
        {"name": "   "},
        {"name": "x" * 201},
        {"name": "a\nb"},
        {"name": "a\tb"},
        {"name": "\u202eevil"},
        {"name": 5},
        {"name": None},
        {"email": "nobody"},
        {"email": "a b@example.org"},
        {"email": "x" * 250 + "@example.org"},
        {"dob": "1990-02-30"},
        {"dob": "1901-02-29"},
        {"dob": "2199-01-01"},
        {"dob": "1850-01-01"},
        {"dob": "1990-12-10T00:00:00Z"},
        {"dob": 631152000},
        {"dob": "10.12.1990"},
        {"phone": "call me"},
        {"phone": "+0301234567"},
        {"phone": "+1 555 0100"},
        {"name": "\u3164"},
        {"email": "Bob <bob@example.org>"},
        {"phone": "1" * 40},
        {"address": "x" * 501},
        {"owner_user_id": "1ac13bd5-917b-4c87-9e0c-2f6f6a3d1b52"},
        {"id": "9ed522b6-8f68-4fe4-8d30-05b0321c77aa"},
        {"version": 7},
    ],
    ids=lambda fault: repr(fault)[:40],
)
async def test_invalid_values_are_rejected_and_not_in_the_response(staff: Caller, fault: dict[str, Any]) -> None:
    response = await staff.request("POST", json=person(**fault))
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    for value in fault.values():
        if isinstance(value, str) and value.strip():
            assert value not in response.text
    assert (await staff.request("GET")).json()["items"] == []


async def test_a_date_of_birth_in_the_future_is_rejected(staff: Caller) -> None:
    # Computed here, because midnight may have passed since the tests were collected. Tomorrow may have begun somewhere.
    future = (datetime.now(UTC) + timedelta(days=2)).date()
    assert (await staff.request("POST", json=person(dob=future.isoformat()))).status_code == 422


async def test_a_number_is_stored_as_it_is_dialled_and_as_it_was_typed(staff: Caller) -> None:
    typed = "0049 (0) 209 123456"
    created = await staff.register(phone=typed)
    assert (created["phone"], created["phone_as_typed"]) == ("+49209123456", typed)
    body = {name: created[name] for name in ("name", "email", "dob", "phone")}
    for same in (typed, "(0209) 123456", created["phone"]):
        answer = await staff.request("PUT", f"/{created['id']}", json={**body, "phone": same})
        assert (answer.status_code, answer.json()["version"], answer.json()["phone_as_typed"]) == (200, 1, typed)
    other = await staff.request("PUT", f"/{created['id']}", json={**body, "phone": "030 123456"})
    assert (other.json()["phone"], other.json()["phone_as_typed"]) == ("+4930123456", "030 123456")


async def test_a_number_that_was_stored_unchecked_does_not_stop_other_changes(
    staff: Caller, runtime: Runtime[Any, Any]
) -> None:
    created = await staff.register()
    async with runtime.database.unit_of_work() as uow:
        await uow.fetch("UPDATE patient SET phone = '+0301', phone_as_typed = '+0301'")
    body = person(phone="+0301", email=created["email"])
    assert (await staff.request("PUT", f"/{created['id']}", json={**body, "address": "Weg 1"})).status_code == 200


@pytest.mark.attack(17)
async def test_an_error_does_not_show_a_regular_expression(staff: Caller) -> None:
    for fault in ({"name": "a\nb"}, {"phone": "call me"}, {"address": "\u202e"}):
        [error] = (await staff.request("POST", json=person(**fault))).json()["errors"]
        assert error["code"] == "string_pattern_mismatch"
        assert "pattern" not in error["detail"]
        assert "[" not in error["detail"]


@pytest.mark.attack(17, 18)
@pytest.mark.parametrize(
    "text",
    [
        "Robert'); DROP TABLE patient;--",
        "{{7*7}} ${7*7}",
        "<script>alert(1)</script>",
        "%_\\",
        "\U0001d11e \U0001f469\u200d\u2695\ufe0f",
        "e\u0301 is not \u00e9",
        "\u05d0\u05d1\u05d2",
    ],
)
async def test_text_is_returned_unchanged(staff: Caller, text: str) -> None:
    created = await staff.register(name=text, address=text)
    read = (await staff.request("GET", f"/{created['id']}")).json()
    assert (read["name"], read["address"]) == (text, text)
    found = (await staff.request("GET", params={"name": text})).json()["items"]
    assert [item["id"] for item in found] == [created["id"]]


@pytest.mark.attack(18, 19)
@pytest.mark.parametrize("body", [b'{"name": "a\\u0000b"}', b'{"name": "\\ud800"}', b"{", b"\xff", b'{"name": NaN}'])
async def test_invalid_json_is_rejected(staff: Caller, body: bytes) -> None:
    response = await staff.request("POST", content=body, headers={"content-type": "application/json"})
    assert response.status_code in (400, 422)


async def test_a_replacement_makes_a_new_version_and_removes_details_that_are_left_out(staff: Caller) -> None:
    created = await staff.register(phone="030 1234", address="Weg 1")
    body = person(name="Ada King", email=created["email"])
    response = await staff.request("PUT", f"/{created['id']}", json=body, headers={"if-match": '"1"'})
    assert response.status_code == 200
    assert response.headers["etag"] == '"2"'
    replaced = response.json()
    assert (replaced["name"], replaced["phone"], replaced["address"], replaced["version"]) == (
        "Ada King",
        None,
        None,
        2,
    )
    assert (replaced["id"], replaced["registered_at"]) == (created["id"], created["registered_at"])
    assert (await staff.request("GET", f"/{created['id']}")).json() == replaced


async def test_a_replacement_without_a_difference_changes_nothing(staff: Caller) -> None:
    created = await staff.register()
    body = {name: created[name] for name in ("name", "email", "dob")}
    response = await staff.request("PUT", f"/{created['id']}", json=body)
    assert (response.status_code, response.json()["version"]) == (200, 1)


@pytest.mark.attack(25)
@pytest.mark.parametrize("tag", ['"2"', 'W/"1"', '"x"', '""'])
async def test_a_stale_or_weak_etag_changes_nothing(staff: Caller, tag: str) -> None:
    created = await staff.register()
    for method in ("PUT", "DELETE"):
        arguments = {"json": person()} if method == "PUT" else {}
        response = await staff.request(method, f"/{created['id']}", headers={"if-match": tag}, **arguments)
        assert response.status_code == 412
    assert (await staff.request("GET", f"/{created['id']}")).json()["version"] == 1


async def test_the_version_grows_by_the_number_of_successful_writes(staff: Caller) -> None:
    created = await staff.register()
    path = f"/{created['id']}"

    async def write(number: int) -> bool:
        read = await staff.request("GET", path)
        condition = {"if-match": read.headers["etag"]}
        answer = await staff.request("PUT", path, json=person(name=f"Writer {number}"), headers=condition)
        assert answer.status_code in (200, 412), answer.text
        if answer.status_code == 200:  # nobody else wrote in between
            assert answer.json()["version"] == read.json()["version"] + 1
        return answer.status_code == 200

    successes = sum(await asyncio.gather(*(write(number) for number in range(50))))
    assert successes >= 1
    assert (await staff.request("GET", path)).json()["version"] == 1 + successes


async def test_an_unchanged_record_is_not_sent_again(staff: Caller) -> None:
    created = await staff.register()
    response = await staff.request("GET", f"/{created['id']}", headers={"if-none-match": '"1"'})
    assert (response.status_code, response.content, response.headers["etag"]) == (304, b"", '"1"')


async def test_a_deleted_record_is_found_nowhere(staff: Caller) -> None:
    created = await staff.register(name="Gone Girl")
    path = f"/{created['id']}"
    assert (await staff.request("DELETE", path)).status_code == 204
    for method, suffix in (("GET", ""), ("DELETE", ""), ("GET", "/history")):
        assert (await staff.request(method, path + suffix)).status_code == 404
    assert (await staff.request("PUT", path, json=person())).status_code == 404
    assert (await staff.request("GET", params={"q": "gone girl"})).json()["items"] == []


@pytest.mark.parametrize("id", ["not-a-uuid", "123", "%27"])
async def test_an_invalid_id_is_422(staff: Caller, id: str) -> None:
    assert (await staff.request("GET", f"/{id}")).status_code == 422


async def test_the_history_contains_who_changed_what_newest_first(staff: Caller, caller: Callable[..., Caller]) -> None:
    created = await staff.register(name="Ada", phone="030 1234")
    path, admin = f"/{created['id']}", caller(Role.ADMIN)
    body = person(name="Ada King", email=created["email"])
    assert (await admin.request("PUT", path, json=body)).status_code == 200
    first = (await staff.request("GET", f"{path}/history", params={"limit": 1})).json()
    [update] = first["items"]
    assert (update["version"], update["kind"], update["changed_by"]) == (2, "UPDATED", str(admin.user_id))
    assert update["changes"] == {
        "name": {"from": "Ada", "to": "Ada King"},
        "phone": {"from": "+49301234", "to": None},
        "phone_as_typed": {"from": "030 1234", "to": None},
    }
    params = {"limit": 1, "cursor": first["next_cursor"]}
    second = (await staff.request("GET", f"{path}/history", params=params)).json()
    [registration] = second["items"]
    assert (registration["version"], registration["kind"]) == (1, "REGISTERED")
    assert registration["changes"]["name"] == {"from": None, "to": "Ada"}
    assert second["next_cursor"] is None


async def test_a_repeated_registration_with_a_key_has_one_effect_and_one_response(staff: Caller) -> None:
    body, headers = person(), {"idempotency-key": "key-1"}
    answers = await asyncio.gather(*(staff.request("POST", json=body, headers=headers) for _ in range(20)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert len((await staff.request("GET")).json()["items"]) == 1
    other = await staff.request("POST", json=person(), headers=headers)
    assert other.status_code == 422
