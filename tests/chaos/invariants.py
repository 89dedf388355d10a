"""What must be true of the databases after a storm: every acknowledged write is there, once, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable, Set
from uuid import UUID

from tests.chaos import database
from tests.chaos.journey import Journal
from tests.chaos.run import Clinic
from tests.waiting import until

SETTLE_SECONDS = 90


def everything_was_acknowledged(journal: Journal) -> None:
    """The clients' side: what was repeated long enough went through."""
    assert journal.violations == []
    assert journal.done == len(journal.journeys)


def every_patient_exists_once(journal: Journal, clinic: Clinic) -> None:
    found = database.counts(
        "patient", "SELECT email, count(*) FROM patient WHERE email LIKE $1 GROUP BY email", f"{clinic.run}.%"
    )
    assert found == {journey.email: 1 for journey in journal.journeys}


def every_patient_has_one_account(journal: Journal) -> None:
    settled(lambda: database.unpublished("patient") == 0, "the patients' events are published")
    query = "SELECT patient_id, count(*) FROM account WHERE patient_id = ANY($1) GROUP BY patient_id"
    _exactly("billing", query, {str(journey.patient_id): 1 for journey in journal.journeys}, patient_ids(journal))


def every_visit_has_one_invoice(journal: Journal) -> None:
    query = "SELECT appointment_id, count(*) FROM invoice WHERE patient_id = ANY($1) GROUP BY appointment_id"
    _exactly("billing", query, {str(journey.appointment_id): 1 for journey in journal.journeys}, patient_ids(journal))


def every_event_is_logged_once(journal: Journal, events: Set[str]) -> None:
    """Each of these events, by type, for each patient."""
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
    settled(
        lambda: database.counts("notification", query, patient_ids(journal)) == {}, "every message is sent", seconds
    )


def patient_ids(journal: Journal) -> list[UUID]:
    return [UUID(journey.patient_id) for journey in journal.journeys if journey.patient_id]


def settled(condition: Callable[[], bool], what: str, seconds: float = SETTLE_SECONDS) -> None:
    until(what, condition, seconds)


def _exactly(service: str, query: str, expected: dict[str, int], *arguments: object) -> None:
    """Waits until there is enough, and then there must be neither more nor other."""
    settled(lambda: len(database.counts(service, query, *arguments)) >= len(expected), f"{service} has caught up")
    assert database.counts(service, query, *arguments) == expected
