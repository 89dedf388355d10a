"""Polling with a time limit."""

import random
import time
from collections.abc import Iterator


def polls(seconds: float, every: float) -> Iterator[None]:
    """Yields at once and again after each pause of `every` seconds; ends when `seconds` have passed."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        yield
        time.sleep(every)


def pauses(seconds: float, first: float = 0.1, longest: float = 2.0) -> Iterator[float]:
    """Yields the lengths of the pauses between attempts, in seconds; ends when `seconds` have passed.

    They double up to `longest`, and have up to 100 % jitter so that many clients do not repeat at the same time.
    """
    deadline, pause = time.monotonic() + seconds, first
    while time.monotonic() < deadline:
        yield pause + random.uniform(0, pause)
        pause = min(2 * pause, longest)
