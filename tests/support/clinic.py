"""What happens at the clinic, through the public API: free slots, completed visits, invoices, e-mails."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from lab.waiting import until
from ops import settings
from ops.demo.calendar import working_day
from tests.support.people import Person

TODAY = datetime.now(UTC).date()
"""The same day for all tests, even if midnight passes while they run."""


def free_slots(staff: Person, doctor_id: str) -> list[dict[str, str]]:
    """Returns the doctor's free half hours on the first working day in a week from now.

    The list is empty until the appointment service knows the doctor.
    """
    day = working_day(TODAY + timedelta(days=7))
    answer = staff.http.get("/appointments/availability", params={"doctorId": doctor_id, "date": day.isoformat()})
    return list(answer.json()["items"]) if answer.status_code == 200 else []


def wait_for_free_slots(staff: Person, doctor_id: str) -> list[dict[str, str]]:
    """Returns the free half hours, once the appointment service knows the doctor."""
    return until("the doctor's free slots", lambda: free_slots(staff, doctor_id))


def invoices_of(staff: Person, patient_id: str) -> list[dict[str, Any]]:
    """Returns the patient's invoices."""
    return list(staff.http.get("/api/billing/invoices", params={"patientId": patient_id}).json()["items"])


def complete_a_visit(staff: Person, doctor_id: str, patient_id: str) -> dict[str, Any]:
    """Books and completes a visit. Returns its invoice."""
    slot = wait_for_free_slots(staff, doctor_id)[0]
    booking = {"patient_id": patient_id, "doctor_id": doctor_id, "date": slot["start"]}
    booked = staff.http.post("/appointments", json=booking)
    assert booked.status_code == 201, booked.text
    completed = staff.http.post(f"/appointments/{booked.json()['id']}/complete")
    assert completed.status_code == 200, completed.text
    return until("the invoice", lambda: invoices_of(staff, patient_id))[0]


def emails_to(address: str) -> list[dict[str, Any]]:
    """Returns the e-mails that SES was asked to send to an address, as LocalStack keeps them."""
    messages = httpx.get(f"{settings.EDGE_URL}/_aws/ses").json()["messages"]
    return [message for message in messages if address in str(message["Destination"])]
