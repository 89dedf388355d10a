"""The state that an alarm's recent values give it.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

OK, ALARM, INSUFFICIENT_DATA = "OK", "ALARM", "INSUFFICIENT_DATA"
_COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
_EXTRA_PERIODS = 2
"""CloudWatch reads more periods than it evaluates, so that a late value is found."""


@dataclass(frozen=True)
class Verdict:
    """A state and why an alarm has it."""

    state: str
    reason: str


def is_evaluated(alarm: Mapping[str, Any]) -> bool:
    """Whether the alarm watches one metric with a fixed threshold, and not an expression or a band."""
    return bool(alarm.get("MetricName")) and alarm["ComparisonOperator"] in _COMPARISONS and "Threshold" in alarm


def periods(alarm: Mapping[str, Any]) -> int:
    """Returns the number of periods whose values `verdict` wants."""
    wanted = int(alarm["EvaluationPeriods"])
    return wanted + max(_EXTRA_PERIODS, wanted // 3)


def verdict(alarm: Mapping[str, Any], values: Sequence[float | None]) -> Verdict | None:
    """Returns the alarm's state by its values, the oldest first, None for a period without data.

    Returns None when the alarm keeps its state.
    """
    evaluated = int(alarm["EvaluationPeriods"])
    needed = int(alarm.get("DatapointsToAlarm") or evaluated)
    missing_is = alarm.get("TreatMissingData") or "missing"
    known = [(age, value) for age, value in enumerate(reversed(values), 1) if value is not None][:evaluated]
    if not known and missing_is in ("missing", "ignore"):
        text = f"Insufficient Data: {evaluated} datapoints were unknown."
        return Verdict(INSUFFICIENT_DATA, text) if missing_is == "missing" else None
    breaching = [_breaches(alarm, value) for _, value in known]
    count = sum(breaching)
    if missing_is == "breaching":
        count += evaluated - len(known)
    is_early = missing_is in ("missing", "ignore") and all(breaching) and known[-1][0] >= needed
    if count < needed and is_early and missing_is == "ignore":
        return None
    crossed = count >= needed or is_early
    return Verdict(ALARM if crossed else OK, _reason(alarm, [value for _, value in known], count, crossed))


def _breaches(alarm: Mapping[str, Any], value: float) -> bool:
    return _COMPARISONS[alarm["ComparisonOperator"]](value, float(alarm["Threshold"]))


def _reason(alarm: Mapping[str, Any], known: Sequence[float], breaching: int, crossed: bool) -> str:
    if not known:
        evaluated = int(alarm["EvaluationPeriods"])
        treated = "Breaching" if crossed else "NonBreaching"
        return (
            f"Threshold Crossed: no datapoints were received for {evaluated} periods and {evaluated} missing "
            f"datapoints were treated as [{treated}]."
        )
    relation = "greater than" if alarm["ComparisonOperator"].startswith("Greater") else "less than"
    equal = " or equal to" if "OrEqual" in alarm["ComparisonOperator"] else ""
    shown = ", ".join(f"{value}" for value in known)
    negation = "" if crossed else "not "
    number = breaching if crossed else len(known) - breaching
    return (
        f"Threshold Crossed: {number} out of the last {len(known)} datapoints [{shown}] were {negation}{relation}"
        f"{equal} the threshold ({float(alarm['Threshold'])})."
    )
