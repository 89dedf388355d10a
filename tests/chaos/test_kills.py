"""Everything is killed once while patients are registered, booked and treated: nothing is lost, nothing is twice.

guarantees.md, "no event lost" and "no effect twice".
"""

import pytest

from tests.chaos import findings, records, victims
from tests.chaos.clinic import Clinic
from tests.chaos.journey import Clients, Journal
from tests.chaos.storm import storm

pytestmark = pytest.mark.timeout(1200)
EVENTS = {
    "patient.registered",
    "billing.account_opened",
    "appointment.booked",
    "appointment.completed",
    "invoice.raised",
}
"""What every journey must leave in the event log, once each."""


@pytest.fixture(scope="module")
def journal(clinic: Clinic, journeys: int) -> Journal:
    once_each = [
        victims.broker(),
        victims.database("patient", clinic),
        *(victims.service(name, clinic) for name in ("patient", "appointment", "billing", "notification", "auth")),
        victims.database("billing", clinic),
        victims.front_door(clinic),
    ]
    return storm(Clients(clinic, journeys), once_each, seconds=600)


def test_every_request_was_acknowledged_in_the_end(journal: Journal) -> None:
    findings.everything_was_acknowledged(journal)


def test_every_patient_exists_once(journal: Journal, clinic: Clinic) -> None:
    findings.every_patient_exists_once(journal, clinic)


def test_every_visit_exists_once_and_took_place(journal: Journal) -> None:
    query = "SELECT id, patient_id, status FROM appointment WHERE patient_id = ANY($1)"
    found = records.rows("appointment", query, findings.patient_ids(journal))
    told = {(journey.appointment_id, journey.patient_id, "COMPLETED") for journey in journal.journeys}
    assert sorted((str(row["id"]), str(row["patient_id"]), row["status"]) for row in found) == sorted(told)


def test_every_patient_has_one_account(journal: Journal) -> None:
    findings.every_patient_has_one_account(journal)


def test_every_visit_has_one_invoice(journal: Journal) -> None:
    findings.every_visit_has_one_invoice(journal)


def test_every_event_is_logged_once_and_every_message_sent(journal: Journal) -> None:
    findings.every_event_is_logged_once(journal, EVENTS)
    findings.every_message_is_sent(journal)
