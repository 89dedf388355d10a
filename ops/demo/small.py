"""The small clinic, made through the public API as people would make it. Made again, it is found as it is."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

from ops.demo import clinic
from ops.demo.api import Session, Unexpected
from ops.demo.clinic import Account, Visit
from ops.demo.people import person

Advance = Callable[[], None]
_PATIENCE = 60
_PAUSE_SECONDS = 0.5


class Clinic:
    """Fills the system. ``admin`` is signed in as an ADMIN."""

    def __init__(self, admin: Session, base_url: str) -> None:
        self._admin = admin
        self._base_url = base_url
        self._users: dict[str, str] = {}

    async def open_account(self, account: Account, advance: Advance) -> None:
        """Registers somebody, with their role, or finds that they have been."""
        body = {
            "username": account.username,
            "password": clinic.PASSWORD,
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
        day = [{"start": start, "end": end} for start, end in clinic.SCHEDULES[username]]
        week = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), day)
        path = f"/appointments/doctors/{self._users[username]}/schedule"
        body = {"time_zone": "UTC", "weekly": week}
        # A doctor is known to the appointment service a moment after the account was made.
        await _until_known(lambda: self._admin.call("PUT", path, json=body))
        advance()

    async def register_own_record(self, account: Account, advance: Advance) -> None:
        """Somebody registers themselves, with their own account."""
        async with Session(self._base_url) as session:
            await session.sign_in(account.username, clinic.PASSWORD)
            body = {**person(account.patient or 0).as_request(), "name": account.full_name}
            await session.post("/api/patients", body, key=f"demo-{account.username}", accept=409)
        advance()

    async def treat(self, number: int, advance: Advance) -> None:
        """One patient: the record, the visits and what came of them."""
        patient_id = await self._record(number)
        booked = await self._admin.get("/appointments", patientId=patient_id, limit=1)
        if not booked["items"]:
            for visit in clinic.visits(number, datetime.now(UTC)):
                await self._visit(patient_id, visit)
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

    async def _visit(self, patient_id: str, visit: Visit) -> None:
        body = {
            "patient_id": patient_id,
            "doctor_id": self._users[visit.doctor],
            "date": visit.start.isoformat(),
            "duration_minutes": clinic.SLOT_MINUTES,
            "reason": visit.reason,
        }
        made = (await _until_known(lambda: self._admin.call("POST", "/appointments", json=body))).json()
        if visit.outcome:
            await self._admin.post(f"/appointments/{made['id']}/{visit.outcome}")
        if visit.paid:
            await self._pay(patient_id, visit.paid)

    async def _pay(self, patient_id: str, part: float) -> None:
        # The invoice comes by an event, a moment after the visit was completed.
        for _ in range(_PATIENCE):
            invoices = (await self._admin.get("/api/billing/invoices", patientId=patient_id))["items"]
            if invoices:
                break
            await asyncio.sleep(_PAUSE_SECONDS)
        for invoice in invoices:
            amount = int((invoice["total_minor"] - invoice["paid_minor"]) * part)
            body = {"amount_minor": amount, "method": "CARD"}
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
