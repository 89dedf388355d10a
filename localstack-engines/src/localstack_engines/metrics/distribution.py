"""The distribution of many values, in little space."""

import math
from collections import Counter

_DIGITS = 2
"""Significant digits that are kept: a value is at most 5 % away from what is kept of it."""


class Distribution:
    """Counts values, rounded to two significant digits. Whole numbers below 100 stay as they are."""

    def __init__(self) -> None:
        self._counts: Counter[float] = Counter()

    def add(self, value: float) -> None:
        self._counts[rounded(value)] += 1

    def __bool__(self) -> bool:
        return bool(self._counts)

    @property
    def values(self) -> list[float]:
        return sorted(self._counts)

    @property
    def counts(self) -> list[int]:
        """How often each of `values` occurred."""
        return [self._counts[value] for value in self.values]


def rounded(value: float) -> float:
    """Returns a value that is not negative, rounded to two significant digits."""
    if value < 10**_DIGITS:
        return float(round(value))
    scale = 10 ** (math.floor(math.log10(value)) - _DIGITS + 1)
    return float(round(value / scale) * scale)
