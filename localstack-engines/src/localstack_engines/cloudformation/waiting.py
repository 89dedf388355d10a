"""Waits a moment for the state that a resource is about to reach."""

import time
from collections.abc import Callable

# CloudFormation calls an unfinished action again after a pause. A resource that is ready sooner need not wait for that.
_MAX_SECONDS = 1.0
_INTERVAL_SECONDS = 0.05


def wait_while(transitional: frozenset[str], state: Callable[[], str | None]) -> str | None:
    """Reads the state until it is none of the transitional ones, for a second at most. Returns the last state."""
    deadline = time.monotonic() + _MAX_SECONDS
    while (current := state()) in transitional and time.monotonic() < deadline:
        time.sleep(_INTERVAL_SECONDS)
    return current
