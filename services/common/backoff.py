"""Pauses between tries: they grow, and they are random, so that processes do not try again at the same moment."""

from __future__ import annotations

import random


def jittered(seconds: float, spread: float = 0.2) -> float:
    """Returns a random pause around `seconds`, at most the share `spread` shorter or longer."""
    return seconds * random.uniform(1 - spread, 1 + spread)  # noqa: S311 - jitter, not a secret


class Backoff:
    """Pauses in seconds that double from `first` up to `longest`, each with jitter."""

    def __init__(self, first: float, longest: float) -> None:
        self._first, self._longest = first, longest
        self._next = first

    def next(self) -> float:
        """Returns the next pause."""
        pause, self._next = self._next, min(self._next * 2, self._longest)
        return jittered(pause)

    def reset(self) -> None:
        """Starts again with the first pause."""
        self._next = self._first
