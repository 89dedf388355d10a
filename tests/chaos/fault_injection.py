"""Kills in the middle of work."""

from __future__ import annotations

import time
from collections.abc import Sequence

from tests.chaos.faults import Victim, strike
from tests.chaos.journey import Clients, Journal
from tests.waiting import until

_BEGIN_SECONDS = 240


def storm(clients: Clients, victims: Sequence[Victim], seconds: float) -> Journal:
    """Releases a batch of journeys for each victim, and kills it when the batch is under way.

    Then lets the rest end, in so many seconds. A victim that is not back in time fails.
    """
    journal, began = clients.journal, time.monotonic()
    batch = max(1, len(journal.journeys) // (len(victims) + 1))
    for number, victim in enumerate(victims):
        clients.release(batch)
        # A kill between batches would hurt nobody.
        until("a journey of this batch is done", lambda before=number * batch: journal.done > before, _BEGIN_SECONDS)
        took = strike(victim)
        print(f"\n{victim.name:>24}: works again after {took:5.1f} s ({journal.done} journeys done)", end="")
    clients.finish(seconds)
    took = time.monotonic() - began
    print(f"\n{len(journal.journeys)} journeys in {took:.0f} s, {journal.repeated} requests repeated")
    return journal
