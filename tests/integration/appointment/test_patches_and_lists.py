"""A merge patch (RFC 7396) changes some of an appointment, and lists take several states and both orders."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from services.common.runtime import Runtime
from tests.integration.appointment.conftest import at
from tests.integration.callers import Caller, items_of_all_pages
from tests.integration.effects import published_events

Make = Callable[..., Any]


async def test_a_patch_changes_what_it_gives(staff: Caller, book: Make, runtime: Runtime[Any, Any]) -> None:
    booked = await book(at(10), duration_minutes=45, reason="back")
    path = f"/{booked['id']}"
    answer = await staff.patch(path, {"reason": None}, **{"if-match": '"1"'})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')
    assert (answer.json()["reason"], answer.json()["date"]) == (None, booked["date"])
    shorter = (await staff.patch(path, {"duration_minutes": 15})).json()
    assert (shorter["date"], shorter["duration_minutes"]) == (booked["date"], 15)
    moved = (await staff.patch(path, {"date": at(11).isoformat(), "caused_by": "PATIENT"})).json()
    assert (moved["duration_minutes"], moved["reschedules"], moved["version"]) == (15, 1, 4)
    rescheduled = [event for event in await published_events(runtime) if event.TYPE == "appointment.rescheduled"]
    assert [(event.date, event.duration_minutes) for event in rescheduled] == [(at(10), 15), (at(11), 15)]
    unchanged = await staff.patch(path, {})
    assert (unchanged.status_code, unchanged.json()) == (200, moved)


@pytest.mark.parametrize(
    "changes", [{"date": None}, {"doctor_id": None}, {"duration_minutes": None}, {"status": "COMPLETED"}, []]
)
async def test_a_patch_that_does_not_fit_is_refused(staff: Caller, book: Make, changes: Any) -> None:
    booked = await book()
    assert (await staff.patch(f"/{booked['id']}", changes)).status_code == 422
    assert (await staff.request("GET", f"/{booked['id']}")).json() == booked


async def test_the_rules_of_a_change_apply_to_a_patch(staff: Caller, book: Make) -> None:
    first, second = await book(at(10)), await book(at(11))
    taken = await staff.patch(f"/{second['id']}", {"date": first["date"]})
    assert (taken.status_code, taken.json()["type"]) == (409, "urn:pms:problem:slot-taken")
    stale = await staff.patch(f"/{second['id']}", {"reason": "cough"}, **{"if-match": '"7"'})
    assert stale.status_code == 412
    other = await staff.patch(f"/{second['id']}", {"reason": "cough"}, **{"content-type": "application/json"})
    assert other.status_code == 415
    assert (await staff.request("POST", f"/{second['id']}/cancel")).status_code == 200
    assert (await staff.patch(f"/{second['id']}", {"reason": "cough"})).status_code == 409


async def test_a_list_takes_several_states_and_both_orders(staff: Caller, book: Make) -> None:
    visits = [await book(at(hour)) for hour in (9, 10, 11, 12)]
    await staff.request("POST", f"/{visits[1]['id']}/cancel")
    await staff.request("POST", f"/{visits[2]['id']}/complete")

    async def places(**params: Any) -> list[int]:
        found = await items_of_all_pages(lambda params: staff.request("GET", params=params), limit=1, **params)
        ids = [visit["id"] for visit in visits]
        return [ids.index(item["id"]) for item in found]

    assert await places() == await places(sort="date") == [0, 1, 2, 3]
    assert await places(sort="-date") == [3, 2, 1, 0]
    assert await places(status=["BOOKED"]) == [0, 3]
    assert await places(status=["CANCELLED", "BOOKED"]) == [0, 1, 3]
    assert await places(status=["COMPLETED", "CANCELLED", "CANCELLED"], sort="-date") == [2, 1]


async def test_a_cursor_belongs_to_one_order(staff: Caller, book: Make) -> None:
    for hour in (9, 10):
        await book(at(hour))
    cursor = (await staff.request("GET", params={"limit": 1})).json()["next_cursor"]
    answer = await staff.request("GET", params={"limit": 1, "cursor": cursor, "sort": "-date"})
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:pms:problem:invalid-cursor")


@pytest.mark.attack(12)
@pytest.mark.parametrize(
    "query",
    ["status=LOST", "status=BOOKED&status=LOST", "status=", "sort=reason", "sort=date&sort=-date", "limit=1&limit=2"],
)
async def test_filters_that_are_not_documented_are_refused(staff: Caller, query: str) -> None:
    assert (await staff.request("GET", f"?{query}")).status_code == 422
