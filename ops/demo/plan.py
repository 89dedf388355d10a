"""The plan of the demo clinic: accounts, doctors' hours, and visits."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ops.demo.calendar import slot_start

PASSWORD = "clinic-demo-2026"
"""The password of all demo accounts, which `make demo` prints."""
PATIENTS = 40


@dataclass(frozen=True)
class Account:
    """An account. `patient` is the number of the person whose record its owner registers."""

    username: str
    full_name: str
    role: str
    patient: int | None = None


ACCOUNTS = (
    Account("dr.weiss", "Nora Weiss", "DOCTOR"),
    Account("dr.silva", "Mateo Silva", "DOCTOR"),
    Account("dr.novak", "Hana Novak", "DOCTOR"),
    Account("dr.olsen", "Nils Olsen", "DOCTOR"),
    Account("reception", "Petra Lang", "STAFF"),
    Account("office", "Tom Becker", "STAFF"),
    Account("patient.one", "Patient One", "PATIENT", patient=9001),
    Account("patient.two", "Patient Two", "PATIENT", patient=9002),
)

SCHEDULES = {
    "dr.weiss": [("08:00", "12:00"), ("12:00", "17:00")],
    "dr.silva": [("08:00", "18:00")],
}
"""Hours from Monday to Friday. The other doctors have the clinic's."""


@dataclass(frozen=True)
class Visit:
    """A patient's appointment. `outcome` is the operation that ends it; None leaves it booked."""

    doctor: str
    start: datetime
    reason: str
    outcome: str | None = None
    paid: float = 0.0
    """The part of the invoice that is paid, from 0 to 1."""


_REASONS = ("Check-up", "Vaccination", "Back pain", "Blood test results", "Skin rash", "Follow-up")
_DOCTORS = tuple(account.username for account in ACCOUNTS if account.role == "DOCTOR")


def visits(index: int, today: datetime) -> list[Visit]:
    """Returns the visits of the patient with this index: a future one, and for some patients a past or cancelled one.

    No two visits of the clinic are at the same time, so that no booking can conflict with another.
    """
    planned = [_visit(index, today)]
    if index % 3 == 0:
        paid = (1.0, 0.5, 0.0)[index // 3 % 3]
        planned.append(_visit(PATIENTS + index // 3, today, outcome="complete", paid=paid))
    elif index % 10 == 1:
        planned.append(_visit(2 * PATIENTS + index // 10, today, outcome="cancel"))
    return planned


def _visit(slot: int, today: datetime, outcome: str | None = None, paid: float = 0.0) -> Visit:
    start = slot_start(today + timedelta(days=2), slot)
    return Visit(_DOCTORS[slot % len(_DOCTORS)], start, _REASONS[slot % len(_REASONS)], outcome, paid)
