"""Creates the small clinic through the public API. What exists already is left as it is."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from ops.api import Credentials, Session, UnexpectedAnswer
from ops.demo import plan
from ops.demo.calendar import SLOT
from ops.demo.people import person
from ops.demo.plan import Account, Visit
from ops.problems import Problem

Advance = Callable[[], None]
"""It is called when one more item is done."""
_ATTEMPTS = 60
_PAUSE_SECONDS = 0.5
_WEEKS = 26


class SmallClinic:
    """Fills the system. `admin` is signed in as an ADMIN; visits are planned from `today` on."""

    def __init__(self, admin: Session, today: datetime) -> None:
        self._admin = admin
        self._today = today
        self._users: dict[str, str] = {}

    async def open_account(self, account: Account, advance: Advance) -> None:
        """Registers an account with its role, if it does not exist."""
        body = {
            "username": account.username,
            "password": plan.PASSWORD,
            "email": f"{account.username}@clinic.example",
            "full_name": account.full_name,
        }
        if account.role != "PATIENT":
            body["roles"] = [account.role]  # type: ignore[assignment]
        created = await self._admin.post("/auth/register", body, key=f"demo-{account.username}", accept=409)
        if "id" in created:
            self._users[account.username] = created["id"]
        advance()

    async def find_doctors(self) -> None:
        """Looks up the ids of doctors whose accounts existed before."""
        listed = await self._admin.get("/auth/users", role="DOCTOR", limit=200)
        self._users |= {user["username"]: user["id"] for user in listed["items"]}

    async def set_hours(self, username: str, advance: Advance) -> None:
        """Sets a doctor's hours from Monday to Friday."""
        day = [{"start": start, "end": end} for start, end in plan.SCHEDULES[username]]
        week = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), day)
        path = f"/appointments/doctors/{self._users[username]}/schedule"
        body = {"time_zone": "UTC", "weekly": week}
        # The appointment service knows a doctor a moment after the account was created.
        await _until_known(lambda: self._admin.call("PUT", path, json=body))
        advance()

    async def register_own_record(self, account: Account, advance: Advance) -> None:
        """Registers the record of an account's owner, signed in with that account."""
        async with Session() as session:
            await session.sign_in(Credentials(account.username, plan.PASSWORD))
            body = {**person(account.patient or 0).as_request(), "name": account.full_name}
            await session.post("/api/patients", body, key=f"demo-{account.username}", accept=409)
        advance()

    async def treat(self, number: int, advance: Advance) -> None:
        """Creates a patient's record and visits with their outcomes. Continues where an earlier run was interrupted."""
        patient_id = await self._record(number)
        booked = (await self._admin.get("/appointments", patientId=patient_id))["items"]
        for visit in plan.visits(number, self._today):
            await self._visit(patient_id, visit, self._pop_booking(booked, visit))
        advance()

    async def register(self, number: int, advance: Advance) -> None:
        """Creates a patient's record and nothing else."""
        await self._record(number)
        advance()

    async def _record(self, number: int) -> str:
        someone = person(number)
        created = await self._admin.post("/api/patients", someone.as_request(), key=f"demo-{number}", accept=409)
        if "id" in created:
            return str(created["id"])
        [found] = (await self._admin.get("/api/patients", email=someone.email))["items"]
        return str(found["id"])

    def _pop_booking(self, booked: list[dict[str, Any]], visit: Visit) -> dict[str, Any] | None:
        """Removes the booking of the visit from the list and returns it. An earlier run may have booked another day."""
        for number, booking in enumerate(booked):
            if (booking["doctor_id"], booking["reason"]) == (self._users[visit.doctor], visit.reason):
                return booked.pop(number)
        return None

    async def _visit(self, patient_id: str, visit: Visit, booked: dict[str, Any] | None) -> None:
        booking = booked or await self._book(patient_id, visit)
        if visit.outcome and booking["status"] == "BOOKED":
            await self._admin.post(f"/appointments/{booking['id']}/{visit.outcome}", accept=409)
        if visit.paid:
            await self._pay(await self._invoice(patient_id, booking["id"]), visit.paid)

    async def _book(self, patient_id: str, visit: Visit) -> dict[str, Any]:
        """Books the planned slot, or the same one in a later week if it is taken, as by a run of an earlier day."""
        about = {
            "patient_id": patient_id,
            "doctor_id": self._users[visit.doctor],
            "duration_minutes": SLOT // timedelta(minutes=1),
            "reason": visit.reason,
        }
        for week in range(_WEEKS):
            start = visit.start + timedelta(weeks=week)
            body = {**about, "date": start.isoformat()}
            key = f"demo-{patient_id}-{start:%Y%m%dT%H%M}"
            created = await _until_known(partial(self._admin.post, "/appointments", body, key, accept=409))
            if "id" in created:
                return dict(created)
        raise Problem(f"{visit.doctor} is booked for {_WEEKS} weeks", "make clean; make up; make demo")

    async def _invoice(self, patient_id: str, appointment_id: str) -> dict[str, Any]:
        """Waits for the visit's invoice, which an event causes after the visit was completed."""
        for _ in range(_ATTEMPTS):
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
    """Repeats a call while its answer says that a doctor or a patient is unknown: their event has not arrived yet."""
    for _ in range(_ATTEMPTS):
        try:
            return await call()
        except UnexpectedAnswer as refusal:
            if refusal.answer.status_code not in (404, 422) or "unknown" not in refusal.answer.text:
                raise
            last = refusal
        await asyncio.sleep(_PAUSE_SECONDS)
    raise last
