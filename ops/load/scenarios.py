"""Which calls each service is measured with: one by id, a list of 50, and a creation."""

import itertools
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ops.demo.people import person
from ops.demo.session import Session
from ops.load.http import Call

_SLOTS_A_DAY = 16
_SLOT = timedelta(minutes=30)


@dataclass(frozen=True)
class Scenario:
    """Calls without end, of one kind."""

    service: str
    name: str
    calls: Iterator[Call]


@dataclass(frozen=True)
class Known:
    """What is in the system: there must be something to ask for."""

    patients: list[dict[str, Any]]
    doctors: list[dict[str, Any]]
    appointments: list[dict[str, Any]]
    invoices: list[dict[str, Any]]


async def look_around(admin: Session, services: set[str]) -> Known:
    """What the demo has made (`make demo`)."""

    async def items(service: str, path: str, **query: Any) -> list[dict[str, Any]]:
        return list((await admin.get(path, **query))["items"]) if service in services else []

    return Known(
        patients=await items("patient", "/api/patients", limit=200),
        doctors=await items("auth", "/auth/users", role="DOCTOR", limit=200),
        appointments=await items("appointment", "/appointments", limit=50),
        invoices=await items("billing", "/api/billing/invoices", limit=50),
    )


def scenarios(known: Known, services: set[str]) -> list[Scenario]:
    """Those of the deployed services, as far as there is something to ask for."""
    made = [*_auth(), *_patient(known), *_appointment(known), *_billing(known), *_notification()]
    return [scenario for scenario in made if scenario.service in services]


def _auth() -> list[Scenario]:
    return [
        Scenario("auth", "GET /auth/me", _forever(Call("GET", "/auth/me"))),
        Scenario("auth", "GET /auth/users, 50", _forever(Call("GET", "/auth/users?limit=50"))),
        Scenario("auth", "POST /auth/register", (_account(number) for number in itertools.count())),
    ]


def _patient(known: Known) -> list[Scenario]:
    by_id = [Call("GET", f"/api/patients/{found['id']}") for found in known.patients]
    return [
        Scenario("patient", "GET /api/patients/{id}", itertools.cycle(by_id)),
        Scenario("patient", "GET /api/patients, 50", _forever(Call("GET", "/api/patients?limit=50"))),
        Scenario("patient", "POST /api/patients", new_patients()),
    ]


def _appointment(known: Known) -> list[Scenario]:
    if not known.appointments or not known.doctors:
        return []
    by_id = [Call("GET", f"/appointments/{found['id']}") for found in known.appointments]
    return [
        Scenario("appointment", "GET /appointments/{id}", itertools.cycle(by_id)),
        Scenario("appointment", "GET /appointments, 50", _forever(Call("GET", "/appointments?limit=50"))),
        Scenario("appointment", "POST /appointments", _bookings(known)),
    ]


def _billing(known: Known) -> list[Scenario]:
    if not known.invoices:
        return []
    by_id = [Call("GET", f"/api/billing/invoices/{found['id']}") for found in known.invoices]
    due = [found for found in known.invoices if found["total_minor"] > found["paid_minor"]]
    pay = {"amount_minor": 1, "method": "CARD"}
    payments = [Call("POST", f"/api/billing/invoices/{found['id']}/payments", pay) for found in due]
    made = [
        Scenario("billing", "GET /api/billing/invoices/{id}", itertools.cycle(by_id)),
        Scenario("billing", "GET /api/billing/invoices, 50", _forever(Call("GET", "/api/billing/invoices?limit=50"))),
    ]
    return [*made, Scenario("billing", "POST .../payments", itertools.cycle(payments))] if payments else made


def _notification() -> list[Scenario]:
    mail = {"to": "someone@patients.example", "subject": "A measurement", "body": "Nothing to read here."}
    return [
        Scenario("notification", "GET /notifications, 50", _forever(Call("GET", "/notifications?limit=50"))),
        Scenario("notification", "POST /notify/email", _forever(Call("POST", "/notify/email", mail))),
    ]


def new_patients() -> Iterator[Call]:
    """Registrations of people whom nobody has registered before."""
    first = int(time.time() * 1000)
    for number in itertools.count(first):
        yield Call("POST", "/api/patients", person(number).as_request())


def _account(number: int) -> Call:
    name = f"bench-{uuid.uuid4().hex[:16]}"
    body = {"username": name, "password": f"bench-{number:08}", "email": f"{name}@patients.example"}
    return Call("POST", "/auth/register", body)


def _bookings(known: Known) -> Iterator[Call]:
    """One booking after the other, no two in each other's way, beginning far from what the demo has booked."""
    doctors, patients = known.doctors, known.patients
    day = datetime.now(UTC).replace(hour=8, minute=0, second=0, microsecond=0) + timedelta(days=60)
    # A run starts where no former one has been, as far as the calendar goes.
    for number in itertools.count(int(time.time()) // 60 % 40 * 80):
        slot, place = divmod(number, len(doctors))
        start = _working_day(day, slot // _SLOTS_A_DAY) + slot % _SLOTS_A_DAY * _SLOT
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


def _working_day(first: datetime, number: int) -> datetime:
    weeks, days = divmod(number, 5)
    monday = first - timedelta(days=first.weekday())
    return monday + timedelta(weeks=weeks, days=days)


def _forever(call: Call) -> Iterator[Call]:
    return itertools.repeat(call)
