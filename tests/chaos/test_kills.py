"""Each part is killed once while patients are registered, booked and treated: nothing is lost, nothing exists twice.

See "no event lost" and "no effect twice" in `docs/guarantees.md`.
"""

import pytest

from services.contracts.services import SERVICES
from tests.chaos import database, faults, invariants
from tests.chaos.fault_injection import run_with_faults
from tests.chaos.journey import Clients, Journal
from tests.chaos.run import Run

pytestmark = pytest.mark.timeout(1200)
EVENTS = {
    "patient.registered",
    "billing.account_opened",
    "appointment.booked",
    "appointment.completed",
    "invoice.raised",
}
"""The events that each journey has to leave in the event log, once each."""


@pytest.fixture(scope="module")
def journal(run: Run, journeys: int) -> Journal:
    all_faults = [
        faults.broker(),
        faults.database("patient", run),
        *(faults.service(name, run) for name in SERVICES),
        faults.database("billing", run),
        faults.gateway(run),
    ]
    return run_with_faults(Clients(run, journeys), all_faults, seconds=600)


def test_every_request_was_acknowledged_in_the_end(journal: Journal) -> None:
    invariants.everything_was_acknowledged(journal)


def test_every_patient_exists_once(journal: Journal, run: Run) -> None:
    invariants.every_patient_exists_once(journal, run)


def test_every_visit_exists_once_and_took_place(journal: Journal) -> None:
    query = "SELECT id, patient_id, status FROM appointment WHERE patient_id = ANY($1)"
    found = database.rows("appointment", query, invariants.patient_ids(journal))
    expected = {(journey.appointment_id, journey.patient_id, "COMPLETED") for journey in journal.journeys}
    assert sorted((str(row["id"]), str(row["patient_id"]), row["status"]) for row in found) == sorted(expected)


def test_every_patient_has_one_account(journal: Journal) -> None:
    invariants.every_patient_has_one_account(journal)


def test_every_visit_has_one_invoice(journal: Journal) -> None:
    invariants.every_visit_has_one_invoice(journal)


def test_every_event_is_logged_once_and_every_message_sent(journal: Journal) -> None:
    invariants.every_event_is_logged_once(journal, EVENTS)
    invariants.every_message_is_sent(journal)
