"""10,000 registrations while broker, database, relay and consumer are killed twenty times each.

See "no event lost" in `docs/guarantees.md`. SOAK_WRITES and SOAK_ROUNDS set other numbers.
"""

import os

import pytest

from tests.chaos import faults, invariants
from tests.chaos.fault_injection import run_with_faults
from tests.chaos.journey import Clients, Journal
from tests.chaos.run import Run

pytestmark = pytest.mark.timeout(5400)
WRITES = int(os.environ.get("SOAK_WRITES", "10000"))
ROUNDS = int(os.environ.get("SOAK_ROUNDS", "20"))
SECONDS = 3600
EVENTS = {"patient.registered", "billing.account_opened"}


@pytest.fixture(scope="module")
def journal(run: Run) -> Journal:
    """The relay that publishes `patient.registered` runs in the patient service; billing consumes the event."""
    round_of_faults = [
        faults.broker(),
        faults.database("patient", run),
        faults.service("patient", run),
        faults.service("billing", run),
    ]
    return run_with_faults(Clients(run, WRITES, visits=False), round_of_faults * ROUNDS, SECONDS)


def test_every_write_was_acknowledged_in_the_end(journal: Journal) -> None:
    invariants.everything_was_acknowledged(journal)


def test_every_patient_exists_once(journal: Journal, run: Run) -> None:
    invariants.every_patient_exists_once(journal, run)


def test_every_patient_has_one_account(journal: Journal) -> None:
    invariants.every_patient_has_one_account(journal)


def test_every_event_is_logged_once_and_every_message_sent(journal: Journal) -> None:
    invariants.every_event_is_logged_once(journal, EVENTS)
    invariants.every_message_is_sent(journal, seconds=600)
