"""What has to be true of the databases after the faults: they have every acknowledged write once, and no others."""

from __future__ import annotations

from collections.abc import Set
from uuid import UUID

from lab.waiting import until
from tests.chaos import database
from tests.chaos.journey import Journal
from tests.chaos.run import Run

SETTLE_SECONDS = 90


def everything_was_acknowledged(journal: Journal) -> None:
    """Checks that every request succeeded in the end, when it was repeated."""
    assert journal.violations == []
    assert journal.done == len(journal.journeys)


def every_patient_exists_once(journal: Journal, run: Run) -> None:
    found = database.counts(
        "patient", "SELECT email, count(*) FROM patient WHERE email LIKE $1 GROUP BY email", f"{run.prefix}.%"
    )
    assert found == {journey.email: 1 for journey in journal.journeys}


def every_patient_has_one_account(journal: Journal) -> None:
    until("the patients' events are published", lambda: database.unpublished("patient") == 0, SETTLE_SECONDS)
    query = "SELECT patient_id, count(*) FROM account WHERE patient_id = ANY($1) GROUP BY patient_id"
    _exactly("billing", query, {str(journey.patient_id): 1 for journey in journal.journeys}, patient_ids(journal))


def every_visit_has_one_invoice(journal: Journal) -> None:
    query = "SELECT appointment_id, count(*) FROM invoice WHERE patient_id = ANY($1) GROUP BY appointment_id"
    _exactly("billing", query, {str(journey.appointment_id): 1 for journey in journal.journeys}, patient_ids(journal))


def every_event_is_logged_once(journal: Journal, events: Set[str]) -> None:
    """Checks that the event log has each of these types of event once for each patient."""
    query = """
        SELECT event_type || ' ' || patient_id, count(*) FROM event_log
        WHERE patient_id = ANY($1) AND event_type = ANY($2) GROUP BY 1
    """
    expected = {f"{event} {journey.patient_id}": 1 for journey in journal.journeys for event in events}
    _exactly("notification", query, expected, patient_ids(journal), sorted(events))


def every_message_is_sent(journal: Journal, seconds: float = SETTLE_SECONDS) -> None:
    query = """
        SELECT status, count(*) FROM message JOIN event_log ON event_log.id = message.event_id
        WHERE patient_id = ANY($1) AND status <> 'SENT' GROUP BY status
    """

    def all_sent() -> bool:
        return database.counts("notification", query, patient_ids(journal)) == {}

    until("every message is sent", all_sent, seconds)


def patient_ids(journal: Journal) -> list[UUID]:
    return [UUID(journey.patient_id) for journey in journal.journeys if journey.patient_id]


def _exactly(service: str, query: str, expected: dict[str, int], *arguments: object) -> None:
    """Waits until there are enough rows, then checks that they are exactly the expected ones."""

    def enough() -> bool:
        return len(database.counts(service, query, *arguments)) >= len(expected)

    until(f"{service} has processed the events", enough, SETTLE_SECONDS)
    assert database.counts(service, query, *arguments) == expected
