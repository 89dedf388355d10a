"""Who works and who is treated in the demo clinic, and what happens there."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from ops.demo.calendar import working_day

PASSWORD = "clinic-demo-2026"
"""Printed for whoever runs the demo, and good for nothing else."""
PATIENTS = 40
SLOT_MINUTES = 30
SLOTS_A_DAY = 16
"""From 08:00: inside every doctor's hours."""


@dataclass(frozen=True)
class Account:
    """Somebody who signs in. `patient` is the number of the person whose own record it is."""

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
"""Hours from Monday to Friday; the others keep the clinic's."""


@dataclass(frozen=True)
class Visit:
    """A patient's appointment. `outcome` is what becomes of it; None leaves it booked."""

    doctor: str
    start: datetime
    reason: str
    outcome: str | None = None
    paid: float = 0.0
    """The part of the invoice that is paid."""


_REASONS = ("Check-up", "Vaccination", "Back pain", "Blood test results", "Skin rash", "Follow-up")
_DOCTORS = tuple(account.username for account in ACCOUNTS if account.role == "DOCTOR")


def visits(index: int, today: datetime) -> list[Visit]:
    """The visits of the patient at that place of the list: one that is to come, for some another that took place.

    No two of the clinic's visits are at the same time, so that no booking can be in another's way.
    """
    planned = [_visit(index, today)]
    if index % 3 == 0:
        paid = (1.0, 0.5, 0.0)[index // 3 % 3]
        planned.append(_visit(PATIENTS + index // 3, today, outcome="complete", paid=paid))
    elif index % 10 == 1:
        planned.append(_visit(2 * PATIENTS + index // 10, today, outcome="cancel"))
    return planned


def _visit(slot: int, today: datetime, outcome: str | None = None, paid: float = 0.0) -> Visit:
    day = working_day(today + timedelta(days=2), slot // SLOTS_A_DAY)
    start = datetime.combine(day, time(8), UTC) + timedelta(minutes=SLOT_MINUTES * (slot % SLOTS_A_DAY))
    return Visit(_DOCTORS[slot % len(_DOCTORS)], start, _REASONS[slot % len(_REASONS)], outcome, paid)
