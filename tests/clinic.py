"""What tests of several pages do at the clinic: find a free hour, see what is due, and read the e-mails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from ops import settings
from ops.demo.calendar import working_day
from tests.people import Person
from tests.waiting import until

TODAY = datetime.now(UTC).date()
"""The same for all tests, should midnight pass meanwhile."""


def free_slots(staff: Person, doctor_id: str) -> list[dict[str, str]]:
    """The doctor's free half hours on the first working day after next week's start; empty while nobody knows them."""
    day = working_day(TODAY + timedelta(days=7))
    answer = staff.http.get("/appointments/availability", params={"doctorId": doctor_id, "date": day.isoformat()})
    return list(answer.json()["items"]) if answer.status_code == 200 else []


def slots_of(staff: Person, doctor_id: str) -> list[dict[str, str]]:
    """The free half hours, once the appointment service has heard of the doctor."""
    return until("the doctor's free slots", lambda: free_slots(staff, doctor_id))


def invoices_of(staff: Person, patient_id: str) -> list[dict[str, Any]]:
    return list(staff.http.get("/api/billing/invoices", params={"patientId": patient_id}).json()["items"])


def treat(staff: Person, doctor_id: str, patient_id: str) -> dict[str, Any]:
    """A visit that took place, and its invoice."""
    booking = {"patient_id": patient_id, "doctor_id": doctor_id, "date": slots_of(staff, doctor_id)[0]["start"]}
    booked = staff.http.post("/appointments", json=booking)
    assert booked.status_code == 201, booked.text
    done = staff.http.post(f"/appointments/{booked.json()['id']}/complete")
    assert done.status_code == 200, done.text
    return until("the invoice", lambda: invoices_of(staff, patient_id))[0]


def sent_to(address: str) -> list[dict[str, Any]]:
    """What SES was asked to send, as LocalStack shows it."""
    messages = httpx.get(f"{settings.EDGE_URL}/_aws/ses").json()["messages"]
    return [message for message in messages if address in str(message["Destination"])]
