"""10,000 numbered registrations while broker, database, relay and consumer are killed twenty times each.

guarantees.md, "no event lost": nothing lost, nothing invented. SOAK_WRITES and SOAK_ROUNDS ask for other numbers.
"""

import os

import pytest

from tests.chaos import faults, invariants
from tests.chaos.fault_injection import storm
from tests.chaos.journey import Clients, Journal
from tests.chaos.run import Clinic

pytestmark = pytest.mark.timeout(5400)
WRITES = int(os.environ.get("SOAK_WRITES", "10000"))
ROUNDS = int(os.environ.get("SOAK_ROUNDS", "20"))
SECONDS = 3600
EVENTS = {"patient.registered", "billing.account_opened"}


@pytest.fixture(scope="module")
def journal(clinic: Clinic) -> Journal:
    """The relay of `patient.registered` is a task of patient's service, and billing is its consumer."""
    once = [
        faults.broker(),
        faults.database("patient", clinic),
        faults.service("patient", clinic),
        faults.service("billing", clinic),
    ]
    return storm(Clients(clinic, WRITES, visits=False), once * ROUNDS, SECONDS)


def test_every_write_was_acknowledged_in_the_end(journal: Journal) -> None:
    invariants.everything_was_acknowledged(journal)


def test_every_patient_exists_once(journal: Journal, clinic: Clinic) -> None:
    invariants.every_patient_exists_once(journal, clinic)


def test_every_patient_has_one_account(journal: Journal) -> None:
    invariants.every_patient_has_one_account(journal)


def test_every_event_is_logged_once_and_every_message_sent(journal: Journal) -> None:
    invariants.every_event_is_logged_once(journal, EVENTS)
    invariants.every_message_is_sent(journal, seconds=600)
