"""Waits a moment for a state that another thread is about to reach."""

import time
from collections.abc import Callable

# CloudFormation calls again every second; a resource that is ready sooner should not wait that long.
_PATIENCE = 1.0
_INTERVAL = 0.05


def settle(state: Callable[[], str | None], moving: frozenset[str]) -> str | None:
    """Reads the state until it is none of `moving`, for a second at most. Returns the last state."""
    deadline = time.monotonic() + _PATIENCE
    while (current := state()) in moving and time.monotonic() < deadline:
        time.sleep(_INTERVAL)
    return current
