"""Injects faults while clients are at work."""

from __future__ import annotations

import time
from collections.abc import Sequence

from lab.waiting import until
from tests.chaos.faults import Fault, inject
from tests.chaos.journey import Clients, Journal

_BATCH_SECONDS = 240


def run_with_faults(clients: Clients, faults: Sequence[Fault], seconds: float) -> Journal:
    """Releases a batch of journeys for each fault, and injects the fault while the batch is being worked on.

    Then waits until all journeys have ended, for at most `seconds`. Raises AssertionError if a part does not recover
    in time.
    """
    journal, started = clients.journal, time.monotonic()
    batch = max(1, len(journal.journeys) // (len(faults) + 1))
    for number, fault in enumerate(faults):
        clients.release(batch)
        # A fault between two batches would meet no request.
        until("a journey of this batch is done", lambda before=number * batch: journal.done > before, _BATCH_SECONDS)
        recovery = inject(fault)
        print(f"\n{fault.name:>24}: works again after {recovery:5.1f} s ({journal.done} journeys done)", end="")
    clients.finish(seconds)
    elapsed = time.monotonic() - started
    print(f"\n{len(journal.journeys)} journeys in {elapsed:.0f} s, {journal.repeated} requests repeated")
    return journal
