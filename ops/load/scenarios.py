"""The calls that each service is measured with: one by id, a list of 50, and a creation."""

import itertools
import time
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ops.api import Session
from ops.demo.calendar import slot_start
from ops.demo.people import person
from ops.demo.plan import ACCOUNTS, PASSWORD
from ops.load.http import Call


@dataclass(frozen=True)
class Scenario:
    """An endless sequence of calls of one kind."""

    service: str
    name: str
    calls: Iterator[Call]

    def matches(self, texts: Iterable[str]) -> bool:
        """Returns whether the name contains one of these texts, in any case, or there are none."""
        wanted = list(texts)
        return not wanted or any(text.lower() in self.name.lower() for text in wanted)


@dataclass(frozen=True)
class Records:
    """Records in the system that calls can ask for."""

    patients: list[dict[str, Any]]
    doctors: list[dict[str, Any]]
    appointments: list[dict[str, Any]]
    invoices: list[dict[str, Any]]


async def existing_records(admin: Session, services: set[str]) -> Records:
    """Returns records that `make demo` has created."""

    async def items(service: str, path: str, **query: Any) -> list[dict[str, Any]]:
        return list((await admin.get(path, **query))["items"]) if service in services else []

    return Records(
        patients=await items("patient", "/api/patients", limit=200),
        doctors=await items("auth", "/auth/users", role="DOCTOR", limit=200),
        appointments=await items("appointment", "/appointments", limit=50),
        invoices=await items("billing", "/api/billing/invoices", limit=50),
    )


def scenarios(records: Records, services: set[str]) -> list[Scenario]:
    """Returns the scenarios of these services for which there are records."""
    possible = [*_auth(), *_patient(records), *_appointment(records), *_billing(records), *_notification()]
    return [scenario for scenario in possible if scenario.service in services]


def _auth() -> list[Scenario]:
    sign_ins = [
        Call("POST", "/auth/login", {"username": account.username, "password": PASSWORD}) for account in ACCOUNTS
    ]
    return [
        Scenario("auth", "GET /auth/me", _repeat(Call("GET", "/auth/me"))),
        Scenario("auth", "GET /auth/users, 50", _repeat(Call("GET", "/auth/users?limit=50"))),
        Scenario("auth", "POST /auth/login", itertools.cycle(sign_ins)),
        Scenario("auth", "POST /auth/register", (new_account(number) for number in itertools.count())),
    ]


def _patient(records: Records) -> list[Scenario]:
    by_id = [Call("GET", f"/api/patients/{found['id']}") for found in records.patients]
    return [
        Scenario("patient", "GET /api/patients/{id}", itertools.cycle(by_id)),
        Scenario("patient", "GET /api/patients, 50", _repeat(Call("GET", "/api/patients?limit=50"))),
        Scenario("patient", "POST /api/patients", new_patients()),
    ]


def _appointment(records: Records) -> list[Scenario]:
    if not records.appointments or not records.doctors:
        return []
    by_id = [Call("GET", f"/appointments/{found['id']}") for found in records.appointments]
    return [
        Scenario("appointment", "GET /appointments/{id}", itertools.cycle(by_id)),
        Scenario("appointment", "GET /appointments, 50", _repeat(Call("GET", "/appointments?limit=50"))),
        Scenario("appointment", "POST /appointments", _bookings(records)),
    ]


def _billing(records: Records) -> list[Scenario]:
    if not records.invoices:
        return []
    by_id = [Call("GET", f"/api/billing/invoices/{found['id']}") for found in records.invoices]
    due = [found for found in records.invoices if found["total_minor"] > found["paid_minor"]]
    pay = {"amount_minor": 1, "method": "CARD"}
    payments = [Call("POST", f"/api/billing/invoices/{found['id']}/payments", pay) for found in due]
    reads = [
        Scenario("billing", "GET /api/billing/invoices/{id}", itertools.cycle(by_id)),
        Scenario("billing", "GET /api/billing/invoices, 50", _repeat(Call("GET", "/api/billing/invoices?limit=50"))),
    ]
    return [*reads, Scenario("billing", "POST .../payments", itertools.cycle(payments))] if payments else reads


def _notification() -> list[Scenario]:
    mail = {"to": "someone@patients.example", "subject": "A measurement", "body": "Nothing to read here."}
    return [
        Scenario("notification", "GET /notifications, 50", _repeat(Call("GET", "/notifications?limit=50"))),
        Scenario("notification", "POST /notify/email", _repeat(Call("POST", "/notify/email", mail))),
    ]


def new_patients() -> Iterator[Call]:
    """Yields registrations of people who have not been registered before."""
    first = int(time.time() * 1000)
    for number in itertools.count(first):
        yield Call("POST", "/api/patients", person(number).as_request())


def new_account(number: int) -> Call:
    """Returns the registration of an account that does not exist yet."""
    name = f"bench-{uuid.uuid4().hex[:16]}"
    body = {"username": name, "password": PASSWORD, "email": f"{name}@patients.example"}
    return Call("POST", "/auth/register", body)


def _bookings(records: Records) -> Iterator[Call]:
    """Yields bookings that do not overlap, far from those of the demo."""
    doctors, patients = records.doctors, records.patients
    first_day = datetime.now(UTC).date() + timedelta(days=60)
    # Each run starts at other slots than the runs of the last 40 minutes.
    for number in itertools.count(int(time.time()) // 60 % 40 * 80):
        slot, place = divmod(number, len(doctors))
        start = slot_start(first_day, slot)
        yield Call(
            "POST",
            "/appointments",
            {
                "patient_id": patients[number % len(patients)]["id"],
                "doctor_id": doctors[place]["id"],
                "date": start.isoformat(),
                "duration_minutes": 30,
            },
        )


def _repeat(call: Call) -> Iterator[Call]:
    return itertools.repeat(call)
