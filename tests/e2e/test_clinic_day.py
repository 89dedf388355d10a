"""A patient's visit through all five services: registered, booked, completed, invoiced, paid, and the e-mails."""

from typing import Any

from lab.waiting import until
from tests.support.clinic import emails_to, free_slots, invoices_of, wait_for_free_slots
from tests.support.people import Person, unique


def test_from_booking_to_the_receipt(staff: Person, doctor_id: str, clinic_patient: dict[str, Any]) -> None:
    patient_id, address = clinic_patient["id"], clinic_patient["email"]
    slots = wait_for_free_slots(staff, doctor_id)
    booking = {"patient_id": patient_id, "doctor_id": doctor_id, "date": slots[0]["start"]}

    booked = staff.http.post("/appointments", json=booking)
    assert booked.status_code == 201, booked.text
    appointment = f"/appointments/{booked.json()['id']}"
    assert staff.http.post("/appointments", json=booking).status_code == 409
    assert slots[0] not in free_slots(staff, doctor_id)
    assert booked.json()["free_cancellation_until"] < slots[0]["start"]
    fees = staff.http.get("/api/billing/fees").json()["items"]
    assert "LATE_CANCELLATION" in {fee["reason"] for fee in fees}
    kept = staff.http.delete(f"/api/patients/{patient_id}")
    assert (kept.status_code, kept.json()["appointments"][0]["id"]) == (409, booked.json()["id"])

    moved = staff.http.put(appointment, json=booking | {"date": slots[2]["start"]})
    assert moved.status_code == 200, moved.text
    assert staff.http.post(f"{appointment}/complete").status_code == 200
    assert staff.http.post(f"{appointment}/cancel").status_code == 409

    account = until(
        "the patient's account", lambda: staff.http.get(f"/api/billing/accounts/{patient_id}").status_code == 200
    )
    assert account
    invoice = until("the invoice", lambda: invoices_of(staff, patient_id))[0]
    assert invoice["status"] == "OPEN"
    payments = f"/api/billing/invoices/{invoice['id']}/payments"
    part = {"amount_minor": invoice["total_minor"] - 1, "method": "CARD"}
    paid = staff.http.post(payments, json=part, headers={"idempotency-key": unique("key")})
    assert paid.status_code == 201, paid.text
    assert staff.http.post(payments, json=part).status_code == 409  # more than the amount due
    assert staff.http.post(payments, json={"amount_minor": 1, "method": "CASH"}).status_code == 201
    assert invoices_of(staff, patient_id)[0]["status"] == "PAID"

    # registered, booked, moved, invoice raised, receipts for both payments
    mails = until("six e-mails", lambda: len(found := emails_to(address)) >= 6 and found)
    assert len({str(mail["Subject"]) for mail in mails}) >= 5


def test_staff_write_an_email(staff: Person, patient: Person) -> None:
    address = f"{unique('reader')}@example.com"
    message = {"to": address, "subject": "Your results", "body": "Please call us."}
    assert patient.http.post("/notify/email", json=message).status_code == 403
    assert staff.http.post("/notify/email", json=message).status_code == 202
    mail = until("the e-mail", lambda: emails_to(address))[0]
    assert mail["Subject"] == "Your results"


def test_the_event_log_shows_what_happened(staff: Person, clinic_patient: dict[str, Any]) -> None:
    def logged() -> list[dict[str, Any]]:
        found = staff.http.get("/notifications", params={"event_type": "patient.registered", "limit": 200}).json()
        return [item for item in found["items"] if item["payload"]["subject"] == clinic_patient["id"]]

    entries = until("the event in the log", logged)
    assert len(entries) == 1
