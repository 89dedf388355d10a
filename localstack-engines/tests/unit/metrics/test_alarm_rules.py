"""What PutMetricAlarm refuses: an alarm that nobody could evaluate."""

import pytest

from localstack_engines.metrics import alarm_actions
from localstack_engines.metrics.alarm_rules import problem

GOOD = {"MetricName": "m", "Statistic": "Sum", "Period": 60, "EvaluationPeriods": 3}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"DatapointsToAlarm": 3},
        {"Period": 10},
        {"Period": 60, "EvaluationPeriods": 1440},
        {"Period": 86400, "EvaluationPeriods": 7},
        {"Statistic": None, "ExtendedStatistic": "p99.9"},
        # Metric math has its periods elsewhere.
        {"MetricName": None, "Statistic": None, "Period": None, "Metrics": []},
    ],
)
def test_good_alarms(change: dict[str, object]) -> None:
    assert problem({**GOOD, **change}) is None


@pytest.mark.parametrize(
    "change",
    [
        {"EvaluationPeriods": 0},
        {"EvaluationPeriods": -1},
        {"DatapointsToAlarm": 0},
        {"DatapointsToAlarm": 4},
        {"Period": None},
        {"Period": 0},
        {"Period": -60},
        {"Period": 45},
        {"Period": 60, "EvaluationPeriods": 1441},
        {"Period": 3600, "EvaluationPeriods": 169},
        {"Statistic": None},
        {"ExtendedStatistic": "p99"},
        {"Statistic": None, "ExtendedStatistic": "pretty"},
    ],
)
def test_bad_alarms(change: dict[str, object]) -> None:
    assert problem({**GOOD, **change})


def test_an_action_that_is_no_arn_has_no_handler() -> None:
    assert not alarm_actions.has_handler("email me")
    assert not alarm_actions.has_handler("arn:aws")
