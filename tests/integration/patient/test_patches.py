"""A merge patch (RFC 7396) changes some of a patient's details, with the rules of PUT."""

from __future__ import annotations

from typing import Any

import pytest

from services.common.runtime import Runtime
from tests.integration.effects import published_events
from tests.integration.patient.conftest import Caller, person


async def test_a_patch_changes_what_it_gives_and_null_removes(staff: Caller, runtime: Runtime[Any, Any]) -> None:
    created = await staff.register(phone="030 123456", address="Weg 1")
    path = f"/{created['id']}"
    patched = await staff.patch(path, {"name": "Ada King"}, **{"if-match": '"1"'})
    assert (patched.status_code, patched.headers["etag"]) == (200, '"2"')
    expected = {**created, "name": "Ada King", "version": 2, "updated_at": patched.json()["updated_at"]}
    expected.pop("warnings")
    assert patched.json() == expected

    removed = (await staff.patch(path, {"phone": None, "address": None})).json()
    assert (removed["phone"], removed["phone_as_typed"], removed["address"]) == (None, None, None)
    changed = [event.changed for event in await published_events(runtime) if event.TYPE == "patient.updated"]
    assert changed == [("name",), ("phone", "address")]
    assert (await staff.request("GET", path)).json() == removed


async def test_a_patch_without_a_difference_changes_nothing(staff: Caller) -> None:
    created = await staff.register(phone="030 123456")
    for changes in ({}, {"name": created["name"]}, {"phone": created["phone"]}):
        answer = await staff.patch(f"/{created['id']}", changes)
        assert (answer.status_code, answer.json()["version"]) == (200, 1)
        assert answer.json()["phone_as_typed"] == "030 123456"


@pytest.mark.attack(11)
@pytest.mark.parametrize(
    "changes",
    [
        {"name": None},
        {"email": None},
        {"dob": None},
        {"name": ""},
        {"email": "x"},
        {"phone": "call me"},
        {"version": 7},
        {"owner_user_id": None},
        [{"op": "remove", "path": "/phone"}],
        "name",
        None,
    ],
)
async def test_a_patch_that_does_not_fit_is_refused(staff: Caller, changes: Any) -> None:
    created = await staff.register()
    assert (await staff.patch(f"/{created['id']}", changes)).status_code == 422
    assert (await staff.request("GET", f"/{created['id']}")).json()["version"] == 1


@pytest.mark.attack(25)
@pytest.mark.parametrize("tag", ['"2"', 'W/"1"'])
async def test_a_patch_of_another_version_is_refused(staff: Caller, tag: str) -> None:
    created = await staff.register()
    assert (await staff.patch(f"/{created['id']}", {"name": "Ada King"}, **{"if-match": tag})).status_code == 412
    assert (await staff.request("GET", f"/{created['id']}")).json()["version"] == 1


@pytest.mark.attack(21)
async def test_a_patch_of_another_media_type_is_refused(staff: Caller) -> None:
    created = await staff.register()
    for media_type in ("application/json", "application/json-patch+json"):
        answer = await staff.patch(f"/{created['id']}", {"name": "Ada King"}, **{"content-type": media_type})
        assert (answer.status_code, answer.headers["accept-patch"]) == (415, "application/merge-patch+json")
    answer = await staff.patch(
        f"/{created['id']}", {"name": "Ada King"}, **{"content-type": "Application/Merge-Patch+JSON; charset=utf-8"}
    )
    assert answer.status_code == 200


async def test_a_patch_takes_no_address_of_another_patient(staff: Caller) -> None:
    other, created = await staff.register(), await staff.register()
    answer = await staff.patch(f"/{created['id']}", {"email": other["email"]})
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:pms:problem:duplicate-email")


async def test_a_number_that_was_stored_unchecked_does_not_stop_a_patch(
    staff: Caller, runtime: Runtime[Any, Any]
) -> None:
    created = await staff.register(**person(phone="030 123456"))
    async with runtime.database.unit_of_work() as uow:
        await uow.fetch("UPDATE patient SET phone = '+0301', phone_as_typed = '+0301'")
    answer = await staff.patch(f"/{created['id']}", {"address": "Weg 1"})
    assert (answer.status_code, answer.json()["phone_as_typed"]) == (200, "+0301")
