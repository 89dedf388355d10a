"""`make demo` creates the planned clinic, also after interruptions. A second run changes nothing."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from rich.console import Console

from ops import api
from ops.api import Session
from ops.demo import plan, seed
from ops.demo.people import person
from ops.demo.plan import Visit
from ops.demo.small_clinic import SmallClinic
from tests.support.clinic import invoices_of
from tests.support.people import Person

FEW = range(0, plan.PATIENTS, 3)
"""Patients with a completed visit: creating them takes the most steps, between which a run can be interrupted."""
YESTERDAY = datetime.now(UTC) - timedelta(days=1)
STATUS = {None: "BOOKED", "complete": "COMPLETED", "cancel": "CANCELLED"}


class Interrupted(Exception):
    """Is raised where the process of the demo would be killed."""


class InterruptedSession(Session):
    """A session that raises Interrupted after this many answers."""

    def __init__(self, answers: int) -> None:
        super().__init__()
        self._left = answers

    async def call(self, *args: Any, **options: Any) -> Any:
        if self._left == 0:
            raise Interrupted
        self._left -= 1
        return await super().call(*args, **options)


async def create_partly(answers: int) -> None:
    """Creates patients until the session is interrupted. Yesterday's plan has bookings that conflict with today's."""
    async with InterruptedSession(answers) as admin:
        await admin.sign_in(api.administrator())
        clinic = SmallClinic(admin, YESTERDAY)
        for account in plan.ACCOUNTS:
            await clinic.open_account(account, lambda: None)
        await clinic.find_doctors()
        for number in FEW:
            await clinic.treat(number, lambda: None)


def found(staff: Person, number: int) -> dict[str, Any]:
    """Returns a patient's visits, and the paid parts of their invoices."""
    email = person(number).email
    [patient] = staff.http.get("/api/patients", params={"email": email}).json()["items"]
    visits = staff.http.get("/appointments", params={"patientId": patient["id"]}).json()["items"]
    invoices = invoices_of(staff, patient["id"])
    return {
        "visits": sorted((visit["reason"], visit["status"]) for visit in visits),
        "paid": [invoice["paid_minor"] / invoice["total_minor"] for invoice in invoices],
    }


def planned(visits: list[Visit]) -> dict[str, Any]:
    """Returns what `found` should return."""
    return {
        "visits": sorted((visit.reason, STATUS[visit.outcome]) for visit in visits),
        "paid": [visit.paid for visit in visits if visit.outcome == "complete"],
    }


def test_interrupted_runs_are_completed_and_nothing_is_created_twice(staff: Person) -> None:
    for answers in range(len(plan.ACCOUNTS) + 2, 60, 7):
        with suppress(Interrupted):  # if the clinic exists already, too few requests are left to interrupt it
            asyncio.run(create_partly(answers))
    expected = {number: planned(plan.visits(number, datetime.now(UTC))) for number in range(plan.PATIENTS)}
    for _ in range(2):
        seed.fill(Console(quiet=True), "small")
        assert {number: found(staff, number) for number in range(plan.PATIENTS)} == expected


def test_the_accounts_of_the_demo_can_sign_in(staff: Person) -> None:
    for account in plan.ACCOUNTS:
        answer = staff.http.post("/auth/login", json={"username": account.username, "password": plan.PASSWORD})
        assert answer.status_code == 200, answer.text
