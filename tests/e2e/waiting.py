"""Waiting for something to become true, with a bound and with what was seen last."""

import time
from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")


def until(what: str, ask: Callable[[], Seen], seconds: float) -> Seen:
    """The first truthy answer of `ask`; fails with the last one after so many seconds."""
    deadline = time.monotonic() + seconds
    answer = ask()
    while not answer:
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds} s: {what}; last seen: {answer!r}")
        time.sleep(0.1)
        answer = ask()
    return answer
