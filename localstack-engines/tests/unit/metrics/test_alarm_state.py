"""Alarm states, by the examples of CloudWatch's page on alarm evaluation."""

import pytest

from localstack_engines.metrics.alarm_state import ALARM, INSUFFICIENT_DATA, OK, is_evaluated, periods, verdict

X, O, N = 2.0, 0.0, None  # noqa: E741 - the page's own marks: a breaching value, one that is not, and none


def alarm(treat: str = "missing", evaluated: int = 3, needed: int | None = None) -> dict[str, object]:
    return {
        "MetricName": "m",
        "EvaluationPeriods": evaluated,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "TreatMissingData": treat,
        **({"DatapointsToAlarm": needed} if needed else {}),
    }


CASES = [
    # values, the oldest first; the states with missing, ignore (None: unchanged), breaching, notBreaching
    ((O, N, X, N, X), OK, OK, OK, OK),
    ((N, N, N, N, O), OK, OK, OK, OK),
    ((N, N, N, N, N), INSUFFICIENT_DATA, None, ALARM, OK),
    ((O, X, X, N, X), ALARM, ALARM, ALARM, ALARM),
    ((N, N, X, N, N), ALARM, None, ALARM, OK),
]


@pytest.mark.parametrize(("values", "missing", "ignore", "breaching", "not_breaching"), CASES)
def test_three_of_three(
    values: tuple[float | None, ...], missing: str, ignore: str | None, breaching: str, not_breaching: str
) -> None:
    wanted = {"missing": missing, "ignore": ignore, "breaching": breaching, "notBreaching": not_breaching}
    for treat, state in wanted.items():
        found = verdict(alarm(treat), values)
        assert (found.state if found else None) == state, treat


def test_some_of_the_values_are_enough() -> None:
    assert verdict(alarm(needed=2), (O, X, O, X, O)).state == OK
    assert verdict(alarm(needed=2), (O, O, X, O, X)).state == ALARM


def test_more_periods_are_read_than_evaluated() -> None:
    assert periods(alarm(evaluated=3)) == 5
    assert periods(alarm(evaluated=15)) == 20


def test_the_reason_has_the_values() -> None:
    assert verdict(alarm(evaluated=1), (X,)).reason == (
        "Threshold Crossed: 1 out of the last 1 datapoints [2.0] were greater than the threshold (1.0)."
    )


def test_expressions_and_bands_are_not_evaluated() -> None:
    assert is_evaluated(alarm())
    assert not is_evaluated({**alarm(), "MetricName": None})
    assert not is_evaluated({**alarm(), "ComparisonOperator": "GreaterThanUpperThreshold"})
