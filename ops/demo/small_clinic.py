"""The small clinic, made through the public API as people would make it. Made again, it is found as it is."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from ops.demo import plan
from ops.demo.people import person
from ops.demo.plan import Account, Visit
from ops.demo.session import Session, Unexpected
from ops.problems import Problem

Advance = Callable[[], None]
_PATIENCE = 60
_PAUSE_SECONDS = 0.5
_WEEKS = 26


class Clinic:
    """Fills the system. ``admin`` is signed in as an ADMIN; visits are planned from ``today`` on."""

    def __init__(self, admin: Session, base_url: str, today: datetime) -> None:
        self._admin = admin
        self._base_url = base_url
        self._today = today
        self._users: dict[str, str] = {}

    async def open_account(self, account: Account, advance: Advance) -> None:
        """Registers somebody, with their role, or finds that they have been."""
        body = {
            "username": account.username,
            "password": plan.PASSWORD,
            "email": f"{account.username}@clinic.example",
            "full_name": account.full_name,
        }
        if account.role != "PATIENT":
            body["roles"] = [account.role]  # type: ignore[assignment]
        made = await self._admin.post("/auth/register", body, key=f"demo-{account.username}", accept=409)
        if "id" in made:
            self._users[account.username] = made["id"]
        advance()

    async def find_doctors(self) -> None:
        """The ids of doctors whose accounts were there before."""
        listed = await self._admin.get("/auth/users", role="DOCTOR", limit=200)
        self._users |= {user["username"]: user["id"] for user in listed["items"]}

    async def set_hours(self, username: str, advance: Advance) -> None:
        day = [{"start": start, "end": end} for start, end in plan.SCHEDULES[username]]
        week = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), day)
        path = f"/appointments/doctors/{self._users[username]}/schedule"
        body = {"time_zone": "UTC", "weekly": week}
        # A doctor is known to the appointment service a moment after the account was made.
        await _until_known(lambda: self._admin.call("PUT", path, json=body))
        advance()

    async def register_own_record(self, account: Account, advance: Advance) -> None:
        """Somebody registers themselves, with their own account."""
        async with Session(self._base_url) as session:
            await session.sign_in(account.username, plan.PASSWORD)
            body = {**person(account.patient or 0).as_request(), "name": account.full_name}
            await session.post("/api/patients", body, key=f"demo-{account.username}", accept=409)
        advance()

    async def treat(self, number: int, advance: Advance) -> None:
        """One patient: the record, the visits and what came of them. What was interrupted is gone on with."""
        patient_id = await self._record(number)
        booked = (await self._admin.get("/appointments", patientId=patient_id))["items"]
        for visit in plan.visits(number, self._today):
            await self._visit(patient_id, visit, self._take(booked, visit))
        advance()

    async def register(self, number: int, advance: Advance) -> None:
        """One patient's record and nothing else."""
        await self._record(number)
        advance()

    async def _record(self, number: int) -> str:
        someone = person(number)
        made = await self._admin.post("/api/patients", someone.as_request(), key=f"demo-{number}", accept=409)
        if "id" in made:
            return str(made["id"])
        [found] = (await self._admin.get("/api/patients", email=someone.email))["items"]
        return str(found["id"])

    def _take(self, booked: list[dict[str, Any]], visit: Visit) -> dict[str, Any] | None:
        """The booking of that visit, if it was made before, perhaps on another day and so for another."""
        for number, made in enumerate(booked):
            if (made["doctor_id"], made["reason"]) == (self._users[visit.doctor], visit.reason):
                return booked.pop(number)
        return None

    async def _visit(self, patient_id: str, visit: Visit, booked: dict[str, Any] | None) -> None:
        made = booked or await self._book(patient_id, visit)
        if visit.outcome and made["status"] == "BOOKED":
            await self._admin.post(f"/appointments/{made['id']}/{visit.outcome}", accept=409)
        if visit.paid:
            await self._pay(await self._invoice(patient_id, made["id"]), visit.paid)

    async def _book(self, patient_id: str, visit: Visit) -> dict[str, Any]:
        """At the hour that is planned, or a week later where that is taken, as by a demo of another day."""
        about = {
            "patient_id": patient_id,
            "doctor_id": self._users[visit.doctor],
            "duration_minutes": plan.SLOT_MINUTES,
            "reason": visit.reason,
        }
        for week in range(_WEEKS):
            start = visit.start + timedelta(weeks=week)
            body = {**about, "date": start.isoformat()}
            key = f"demo-{patient_id}-{start:%Y%m%dT%H%M}"
            made = await _until_known(partial(self._admin.post, "/appointments", body, key, accept=409))
            if "id" in made:
                return dict(made)
        raise Problem(f"{visit.doctor} is booked for {_WEEKS} weeks", "make clean; make up; make demo")

    async def _invoice(self, patient_id: str, appointment_id: str) -> dict[str, Any]:
        """The visit's invoice. It comes by an event, a moment after the visit was completed."""
        for _ in range(_PATIENCE):
            for invoice in (await self._admin.get("/api/billing/invoices", patientId=patient_id))["items"]:
                if invoice["appointment_id"] == appointment_id:
                    return dict(invoice)
            await asyncio.sleep(_PAUSE_SECONDS)
        raise Problem(f"billing has no invoice for the visit {appointment_id}", "make logs SERVICE=billing")

    async def _pay(self, invoice: dict[str, Any], part: float) -> None:
        if not invoice["paid_minor"]:
            body = {"amount_minor": int(invoice["total_minor"] * part), "method": "CARD"}
            await self._admin.post(f"/api/billing/invoices/{invoice['id']}/payments", body, key=f"demo-{invoice['id']}")


async def _until_known(call: Callable[[], Awaitable[Any]]) -> Any:
    """Repeat while the answer is that a doctor or patient is unknown: the event that tells of them is on its way."""
    for _ in range(_PATIENCE):
        try:
            return await call()
        except Unexpected as refusal:
            if refusal.answer.status_code not in (404, 422) or "unknown" not in refusal.answer.text:
                raise
            last = refusal
        await asyncio.sleep(_PAUSE_SECONDS)
    raise last
