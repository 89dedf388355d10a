"""CloudWatch's statistics of data points.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
"""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

_PERCENTILE = re.compile(r"p(\d{1,2}(?:\.\d{1,10})?|100)")
PLAIN = ("SampleCount", "Sum", "Average", "Minimum", "Maximum")


@dataclass(frozen=True)
class Point:
    """Values with one time stamp: one value, or a set of values of which only these are known."""

    timestamp: int
    count: float
    sum: float
    minimum: float
    maximum: float


def is_percentile(statistic: str) -> bool:
    return _PERCENTILE.fullmatch(statistic) is not None


def statistic(name: str, points: Sequence[Point]) -> float | None:
    """Returns a statistic of points, None when they do not determine it.

    A percentile needs single values: of a set of values they are known when its minimum is its maximum.
    Raises ValueError for a statistic that is not known.
    """
    if form := _PERCENTILE.fullmatch(name):
        return _percentile(float(form[1]), points)
    if name not in PLAIN:
        raise ValueError(name)
    count, total = sum(point.count for point in points), sum(point.sum for point in points)
    if not count:
        return None
    return {
        "SampleCount": count,
        "Sum": total,
        "Average": total / count,
        "Minimum": min(point.minimum for point in points),
        "Maximum": max(point.maximum for point in points),
    }[name]


def _percentile(percent: float, points: Sequence[Point]) -> float | None:
    known = sorted((point.minimum, point.count) for point in points if point.count and point.minimum == point.maximum)
    if not known or len(known) < len([point for point in points if point.count]):
        return None
    # The nearest rank: the first value that so many of all values do not exceed.
    rank = max(1, math.ceil(percent / 100 * sum(count for _, count in known)))
    seen = 0.0
    for value, count in known:
        seen += count
        if seen >= rank:
            return value
    return known[-1][0]
