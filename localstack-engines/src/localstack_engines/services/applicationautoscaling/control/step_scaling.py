"""Step scaling: the capacity that a breach of a threshold asks for.

Source: https://docs.aws.amazon.com/autoscaling/application/userguide/step-scaling-policy-overview.html
"""

import itertools
import math
from collections.abc import Sequence
from typing import Any

EXACT, PERCENT = "ExactCapacity", "PercentChangeInCapacity"


def wanted(configuration: dict[str, Any], count: int, breach: float) -> int | None:
    """Returns the new count; None when no step covers `breach`, the metric's value less the alarm's threshold."""
    step = next((one for one in configuration["StepAdjustments"] if _covers(one, breach)), None)
    if step is None:
        return None
    adjustment, kind = int(step["ScalingAdjustment"]), configuration["AdjustmentType"]
    if kind == EXACT:
        return adjustment
    if kind == PERCENT:
        adjustment = _at_least(_whole(count * adjustment / 100), configuration.get("MinAdjustmentMagnitude") or 0)
    return max(0, count + adjustment)


def problem(steps: Sequence[dict[str, Any]]) -> str | None:
    """Returns why the intervals of steps are no cover of a range without gaps and overlaps, or None."""
    bounds = sorted(_bounds(step) for step in steps)
    if any(low >= high for low, high in bounds):
        return "The lower bound of a step adjustment must be less than its upper bound"
    for (_, high), (low, _) in itertools.pairwise(bounds):
        if low < high:
            return "Step adjustment intervals can't overlap"
        if low > high:
            return "There is a gap between step adjustment intervals"
    return None


def _bounds(step: dict[str, Any]) -> tuple[float, float]:
    low, high = step.get("MetricIntervalLowerBound"), step.get("MetricIntervalUpperBound")
    return (-math.inf if low is None else float(low), math.inf if high is None else float(high))


def _covers(step: dict[str, Any], breach: float) -> bool:
    """An interval above the threshold has its lower bound in it, one below the threshold its upper bound."""
    low, high = _bounds(step)
    return low <= breach < high if breach >= 0 else low < breach <= high


def _whole(change: float) -> int:
    """Rounds as AWS does: away from zero below one, toward zero above it."""
    if 0 < abs(change) < 1:
        return 1 if change > 0 else -1
    return math.trunc(change)


def _at_least(change: int, magnitude: int) -> int:
    return change if not change or abs(change) >= magnitude else int(math.copysign(magnitude, change))
