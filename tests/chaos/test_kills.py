"""Everything is killed once while patients are registered, booked and treated: nothing is lost, nothing is twice.

guarantees.md, "no event lost" and "no effect twice".
"""

import pytest

from tests.chaos import database, faults, invariants
from tests.chaos.fault_injection import storm
from tests.chaos.journey import Clients, Journal
from tests.chaos.run import Clinic

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
        faults.broker(),
        faults.database("patient", clinic),
        *(faults.service(name, clinic) for name in ("patient", "appointment", "billing", "notification", "auth")),
        faults.database("billing", clinic),
        faults.front_door(clinic),
    ]
    return storm(Clients(clinic, journeys), once_each, seconds=600)


def test_every_request_was_acknowledged_in_the_end(journal: Journal) -> None:
    invariants.everything_was_acknowledged(journal)


def test_every_patient_exists_once(journal: Journal, clinic: Clinic) -> None:
    invariants.every_patient_exists_once(journal, clinic)


def test_every_visit_exists_once_and_took_place(journal: Journal) -> None:
    query = "SELECT id, patient_id, status FROM appointment WHERE patient_id = ANY($1)"
    found = database.rows("appointment", query, invariants.patient_ids(journal))
    told = {(journey.appointment_id, journey.patient_id, "COMPLETED") for journey in journal.journeys}
    assert sorted((str(row["id"]), str(row["patient_id"]), row["status"]) for row in found) == sorted(told)


def test_every_patient_has_one_account(journal: Journal) -> None:
    invariants.every_patient_has_one_account(journal)


def test_every_visit_has_one_invoice(journal: Journal) -> None:
    invariants.every_visit_has_one_invoice(journal)


def test_every_event_is_logged_once_and_every_message_sent(journal: Journal) -> None:
    invariants.every_event_is_logged_once(journal, EVENTS)
    invariants.every_message_is_sent(journal)
