"""Who causes a change of an appointment, and until when a cancellation is free. Pure functions.

Only the patient pays for a late cancellation. The time until which it is free is decided when the appointment is booked
or moved, and stored with it: what people were shown is what is charged.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.common.errors import Forbidden
from services.common.security.principal import Principal
from services.contracts.events import CausedBy


@dataclass(frozen=True, slots=True)
class Terms:
    """What the clinic grants: how long before the start a cancellation is late, and the grace period."""

    window: timedelta
    grace: timedelta

    def free_until(self, start: datetime, now: datetime) -> datetime:
        """Returns until when a new appointment can be cancelled for free: the window, and always the grace period."""
        return max(start - self.window, min(start, now + self.grace))

    def free_until_after_own_move(self, start: datetime, free_until: datetime, now: datetime) -> datetime:
        """Returns the same after the patient has moved an appointment to `start`.

        A move inside the window stays late, however far ahead the new time is: otherwise it would avoid the fee. A move
        in time can be taken back for the grace period, but no longer than the appointment was free anyway.
        """
        if now > free_until:
            return free_until
        return max(start - self.window, min(start, free_until, now + self.grace))

    def free_until_after_clinics_move(self, start: datetime, now: datetime) -> datetime:
        """Returns the same after the clinic has moved an appointment to `start`.

        The patient did not choose that time. They get as much time to decline as the clinic wants to be told before.
        """
        return max(start - self.window, min(start, now + max(self.window, self.grace)))


def cause(principal: Principal, owner: UUID | None, said: CausedBy | None) -> CausedBy:
    """Returns who causes a change of an appointment whose patient's record belongs to the user `owner`.

    On their own appointment everybody is the patient, whatever their roles are. Everybody else acts for the clinic,
    unless they say that the patient asked for it. Raises Forbidden when a patient says that the clinic caused it.
    """
    if not principal.owns(owner):
        return said or CausedBy.CLINIC
    if said is CausedBy.CLINIC:
        raise Forbidden("not-the-clinic", "A patient cannot say that the clinic causes the change.")
    return CausedBy.PATIENT
