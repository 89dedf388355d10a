"""What was recorded by mistake is corrected: visits are reopened, invoices voided and credited, payments refunded."""

from __future__ import annotations

import json
from typing import Any

from lab.waiting import until
from services.common.dto import MERGE_PATCH
from tests.support.clinic import complete_a_visit, invoices_of
from tests.support.people import Person, unique


def _balance(staff: Person, patient_id: str) -> int:
    return int(staff.http.get(f"/api/billing/accounts/{patient_id}").json()["balance_minor"])


def _post(who: Person, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = who.http.post(path, json=body, headers={"idempotency-key": unique("key")})
    assert answer.status_code in (200, 201), answer.text
    return dict(answer.json())


def test_a_visit_is_reopened_and_its_invoice_taken_back(
    staff: Person, doctor_id: str, clinic_patient: dict[str, Any]
) -> None:
    patient_id = clinic_patient["id"]
    invoice = complete_a_visit(staff, doctor_id, patient_id)
    visit = f"/appointments/{invoice['appointment_id']}"
    assert staff.http.post(f"{visit}/reopen", json={}).status_code == 422
    reopened = _post(staff, f"{visit}/reopen", {"reason": "Another patient was meant."})
    assert reopened["status"] == "BOOKED"
    assert staff.http.post(f"{visit}/reopen", json={"reason": "Again."}).status_code == 409

    until("the invoice to be void", lambda: invoices_of(staff, patient_id)[0]["status"] == "VOID")
    assert _balance(staff, patient_id) == 0
    (entry,) = staff.http.get(f"{visit}/reopenings").json()["items"]
    assert (entry["previous_status"], entry["reason"]) == ("COMPLETED", "Another patient was meant.")

    assert staff.http.post(f"{visit}/complete").status_code == 200
    found = until("a new invoice", lambda: len(items := invoices_of(staff, patient_id)) == 2 and items)
    assert [one["status"] for one in found] == ["OPEN", "VOID"]
    assert _balance(staff, patient_id) == found[0]["total_minor"]


def test_an_invoice_is_credited_and_what_was_paid_for_it_refunded(
    staff: Person, doctor_id: str, clinic_patient: dict[str, Any]
) -> None:
    patient_id = clinic_patient["id"]
    invoice = complete_a_visit(staff, doctor_id, patient_id)
    path, total = f"/api/billing/invoices/{invoice['id']}", invoice["total_minor"]
    payment = _post(staff, f"{path}/payments", {"amount_minor": total, "method": "CARD"})
    assert staff.http.post(f"{path}/void", json={"reason": "Mistake."}).status_code == 409

    _post(staff, f"{path}/credit-notes", {"amount_minor": total, "reason": "The visit was free."})
    assert staff.http.get(path).json()["status"] == "REFUND_DUE"
    assert _balance(staff, patient_id) == -total
    kept = staff.http.delete(f"/api/patients/{patient_id}")
    assert (kept.status_code, kept.json()["invoices"][0]["due_minor"]) == (409, -total)

    refunds = f"{path}/payments/{payment['id']}/refunds"
    too_much = staff.http.post(refunds, json={"amount_minor": total + 1, "reason": "Mistake."})
    assert (too_much.status_code, too_much.json()["refundable_minor"]) == (409, total)
    _post(staff, refunds, {"amount_minor": total, "reason": "The visit was free."})
    assert staff.http.get(path).json()["status"] == "REFUNDED"
    assert _balance(staff, patient_id) == 0
    (listed,) = staff.http.get(f"{path}/payments").json()["items"]
    assert [refund["amount_minor"] for refund in listed["refunds"]] == [total]
    assert staff.http.delete(f"/api/patients/{patient_id}").status_code == 204


def test_a_detail_is_corrected_by_a_patch(staff: Person, clinic_patient: dict[str, Any]) -> None:
    path, tag = f"/api/patients/{clinic_patient['id']}", f'"{clinic_patient["version"]}"'
    patch, headers = json.dumps({"address": "Weg 1"}), {"content-type": MERGE_PATCH, "if-match": tag}
    patched = staff.http.patch(path, content=patch, headers=headers)
    assert (patched.status_code, patched.json()["address"]) == (200, "Weg 1")
    assert patched.json()["name"] == clinic_patient["name"]
    assert staff.http.patch(path, content=patch, headers=headers).status_code == 412
    assert staff.http.patch(path, json={"address": None}).status_code == 415


def test_patients_and_doctors_correct_nothing(patient: Person, doctor: Person) -> None:
    for who in (patient, doctor):
        answer = who.http.post(f"/appointments/{unique('id')}/reopen", json={"reason": "Mistake."})
        assert answer.status_code == 403
        answer = who.http.post(f"/api/billing/invoices/{unique('id')}/void", json={"reason": "Mistake."})
        assert answer.status_code == 403
