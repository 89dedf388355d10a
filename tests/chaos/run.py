"""Who acts in a run, and the slots that its visits are booked into."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from ops.demo.calendar import working_day
from tests.people import Person, unique

_OPENS = time(8)
_SLOT = timedelta(minutes=30)
_SLOTS_A_DAY = 20


@dataclass(frozen=True)
class Slot:
    """A free half hour of a doctor."""

    doctor_id: str
    start: datetime


@dataclass(frozen=True)
class Clinic:
    """`run` names this run's patients and keys, so that runs do not meet."""

    staff: Person
    doctors: list[str]
    run: str = field(default_factory=lambda: unique("run"))
    opened: datetime = field(default_factory=lambda: datetime.now(UTC))
    """The visits' days are counted from here, also when midnight passes meanwhile."""

    def slot(self, number: int) -> Slot:
        """A slot that no other number has, on a working day inside the clinic's hours (UTC)."""
        index, doctor = divmod(number, len(self.doctors))
        day, place = divmod(index, _SLOTS_A_DAY)
        date = working_day(self.opened + timedelta(days=3), day)
        start = datetime.combine(date, _OPENS, UTC) + place * _SLOT
        return Slot(self.doctors[doctor], start)
