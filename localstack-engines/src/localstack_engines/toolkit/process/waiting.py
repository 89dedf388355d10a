"""Waiting a moment for something that another thread is about to reach."""

import time
from collections.abc import Callable

# CloudFormation asks again every second; what is ready sooner should not have to wait so long.
_PATIENCE = 1.0
_INTERVAL = 0.05


def settle(state: Callable[[], str | None], moving: frozenset[str]) -> str | None:
    """Ask for the state until it is none of ``moving``, for a second at most; returns the last answer."""
    deadline = time.monotonic() + _PATIENCE
    while (current := state()) in moving and time.monotonic() < deadline:
        time.sleep(_INTERVAL)
    return current
