"""Everything is killed once while patients are registered, booked and treated: nothing is lost, nothing is twice.

guarantees.md, "no event lost" and "no effect twice".
"""

import time
from collections.abc import Callable
from uuid import UUID

import pytest

from tests.chaos import records, victims
from tests.chaos.clinic import Clinic
from tests.chaos.journey import Clients, Journal
from tests.chaos.victims import strike
from tests.e2e.waiting import until

pytestmark = pytest.mark.timeout(1200)
SETTLE_SECONDS = 90
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
    """The run: for each victim a batch of journeys is released, and the kill comes when it is under way."""
    clients = Clients(clinic, journeys)
    schedule = [
        victims.broker(),
        victims.database("patient", clinic),
        *(victims.service(name, clinic) for name in ("patient", "appointment", "billing", "notification", "auth")),
        victims.database("billing", clinic),
        victims.front_door(clinic),
    ]
    began, batch = time.monotonic(), max(1, journeys // (len(schedule) + 1))
    for number, victim in enumerate(schedule):
        clients.release(batch)
        _begun(clients.journal, number * batch)
        seconds = strike(victim)
        print(f"\n{victim.name:>24}: works again after {seconds:5.1f} s ({clients.journal.done} journeys done)", end="")
    clients.finish(600)
    seconds = time.monotonic() - began
    print(f"\n{journeys} journeys in {seconds:.0f} s, {clients.journal.repeated} requests repeated")
    return clients.journal


def _begun(journal: Journal, before: int) -> None:
    """Waits until the batch is under way: a kill between batches would hurt nobody."""
    until("a journey of this batch is done", lambda: journal.done > before, 240)


def test_every_request_was_acknowledged_in_the_end(journal: Journal) -> None:
    assert journal.violations == []
    assert journal.done == len(journal.journeys)


def test_every_patient_exists_once(journal: Journal, clinic: Clinic) -> None:
    found = records.counts(
        "patient", "SELECT email, count(*) FROM patient WHERE email LIKE $1 GROUP BY email", f"{clinic.run}.%"
    )
    assert found == {journey.email: 1 for journey in journal.journeys}


def test_every_visit_exists_once_and_took_place(journal: Journal) -> None:
    found = records.rows(
        "appointment", "SELECT id, patient_id, status FROM appointment WHERE patient_id = ANY($1)", _ids(journal)
    )
    told = {(journey.appointment_id, journey.patient_id, "COMPLETED") for journey in journal.journeys}
    assert sorted((str(row["id"]), str(row["patient_id"]), row["status"]) for row in found) == sorted(told)


def test_every_patient_has_one_account(journal: Journal) -> None:
    _settled(lambda: records.unpublished("patient") == 0, "the patients' events are published")
    query = "SELECT patient_id, count(*) FROM account WHERE patient_id = ANY($1) GROUP BY patient_id"
    expected = {str(journey.patient_id): 1 for journey in journal.journeys}
    _settled(lambda: len(records.counts("billing", query, _ids(journal))) >= len(expected), "the accounts are open")
    assert records.counts("billing", query, _ids(journal)) == expected


def test_every_visit_has_one_invoice(journal: Journal) -> None:
    query = "SELECT appointment_id, count(*) FROM invoice WHERE patient_id = ANY($1) GROUP BY appointment_id"
    expected = {str(journey.appointment_id): 1 for journey in journal.journeys}
    _settled(lambda: len(records.counts("billing", query, _ids(journal))) >= len(expected), "the invoices are raised")
    assert records.counts("billing", query, _ids(journal)) == expected


def test_every_event_is_logged_once_and_every_message_sent(journal: Journal) -> None:
    query = """
        SELECT event_type || ' ' || patient_id, count(*) FROM event_log
        WHERE patient_id = ANY($1) AND event_type = ANY($2) GROUP BY 1
    """
    expected = {f"{event} {journey.patient_id}": 1 for journey in journal.journeys for event in EVENTS}
    arguments = (_ids(journal), sorted(EVENTS))
    _settled(lambda: len(records.counts("notification", query, *arguments)) >= len(expected), "the log is complete")
    assert records.counts("notification", query, *arguments) == expected
    unsent = """
        SELECT status, count(*) FROM message JOIN event_log ON event_log.id = message.event_id
        WHERE patient_id = ANY($1) AND status <> 'SENT' GROUP BY status
    """
    _settled(lambda: records.counts("notification", unsent, _ids(journal)) == {}, "every message is sent")


def _ids(journal: Journal) -> list[UUID]:
    return [UUID(journey.patient_id) for journey in journal.journeys if journey.patient_id]


def _settled(condition: Callable[[], bool], what: str) -> None:
    until(what, condition, SETTLE_SECONDS)
