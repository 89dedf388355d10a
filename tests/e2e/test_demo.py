"""`make demo`: the clinic is as planned, also when its making was interrupted, and making it again changes nothing."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from rich.console import Console

from ops import aws
from ops.demo import plan, seed
from ops.demo.people import person
from ops.demo.plan import Visit
from ops.demo.session import Session
from ops.demo.small_clinic import Clinic
from ops.look import urls
from tests.clinic import invoices_of
from tests.people import Person

FEW = range(0, plan.PATIENTS, 3)
"""Those of whom a visit took place: their making has the most steps to be interrupted between."""
YESTERDAY = datetime.now(UTC) - timedelta(days=1)
STATUS = {None: "BOOKED", "complete": "COMPLETED", "cancel": "CANCELLED"}


class Interrupted(Exception):
    """The demo's process would be gone now."""


class Dying(Session):
    """A session whose process ends after so many answers."""

    def __init__(self, base_url: str, answers: int) -> None:
        super().__init__(base_url)
        self._left = answers

    async def call(self, *args: Any, **options: Any) -> Any:
        if self._left == 0:
            raise Interrupted
        self._left -= 1
        return await super().call(*args, **options)


async def interrupted(answers: int) -> None:
    """Treats patients, from the first on, until the process ends; yesterday's hours are in today's way."""
    secret = aws.secret(urls.ADMIN_SECRET)
    async with Dying(urls.api_url(), answers) as admin:
        await admin.sign_in(secret["username"], secret["password"])
        made = Clinic(admin, urls.api_url(), YESTERDAY)
        for account in plan.ACCOUNTS:
            await made.open_account(account, lambda: None)
        await made.find_doctors()
        for number in FEW:
            await made.treat(number, lambda: None)


def found(staff: Person, number: int) -> dict[str, Any]:
    """What there is of one patient."""
    email = person(number).email
    [patient] = staff.http.get("/api/patients", params={"email": email}).json()["items"]
    visits = staff.http.get("/appointments", params={"patientId": patient["id"]}).json()["items"]
    invoices = invoices_of(staff, patient["id"])
    return {
        "visits": sorted((visit["reason"], visit["status"]) for visit in visits),
        "paid": [invoice["paid_minor"] / invoice["total_minor"] for invoice in invoices],
    }


def planned(visits: list[Visit]) -> dict[str, Any]:
    """What there should be."""
    return {
        "visits": sorted((visit.reason, STATUS[visit.outcome]) for visit in visits),
        "paid": [visit.paid for visit in visits if visit.outcome == "complete"],
    }


def test_a_demo_is_completed_after_interruptions_and_not_made_twice(staff: Person) -> None:
    for answers in range(len(plan.ACCOUNTS) + 2, 60, 7):
        with suppress(Interrupted):  # where the clinic was made before, there is little left to do
            asyncio.run(interrupted(answers))
    expected = {number: planned(plan.visits(number, datetime.now(UTC))) for number in range(plan.PATIENTS)}
    for _ in range(2):
        seed.fill(Console(quiet=True), "small")
        assert {number: found(staff, number) for number in range(plan.PATIENTS)} == expected


def test_the_demos_people_sign_in(staff: Person) -> None:
    for account in plan.ACCOUNTS:
        answer = staff.http.post("/auth/login", json={"username": account.username, "password": plan.PASSWORD})
        assert answer.status_code == 200, answer.text
