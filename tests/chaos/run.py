"""Who takes part in one run of the chaos tests, and the slots into which its visits are booked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from ops.demo.calendar import slot_start
from tests.support.people import Person, unique

_SLOTS_A_DAY = 20  # the clinic's hours are from 08:00 to 18:00 UTC


@dataclass(frozen=True)
class Slot:
    """A free half hour of a doctor."""

    doctor_id: str
    start: datetime


@dataclass(frozen=True)
class Run:
    """`prefix` begins the e-mail addresses and the keys of this run, so that they differ from those of other runs."""

    staff: Person
    doctors: list[str]
    prefix: str = field(default_factory=lambda: unique("run"))
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    """The days of the visits are counted from here, also if midnight passes during the run."""

    def slot(self, number: int) -> Slot:
        """Returns the slot of that number, which no other number has."""
        index, doctor = divmod(number, len(self.doctors))
        return Slot(self.doctors[doctor], slot_start(self.started + timedelta(days=3), index, _SLOTS_A_DAY))
