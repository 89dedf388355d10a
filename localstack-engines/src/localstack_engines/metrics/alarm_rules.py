"""The rules for the settings of alarms.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""

from collections.abc import Mapping
from typing import Any

from localstack_engines.metrics import statistics

_SHORT_PERIODS = (10, 20, 30)
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_MOST_SECONDS, _MOST_SECONDS_OF_SHORT_PERIODS = 7 * _DAY, _DAY


def is_period(seconds: int) -> bool:
    """Whether metrics and alarms may have a period of this length."""
    return seconds in _SHORT_PERIODS or (seconds > 0 and seconds % _MINUTE == 0)


def problem(alarm: Mapping[str, Any]) -> str | None:
    """Returns why CloudWatch does not take the settings of an alarm, as members of PutMetricAlarm, or None."""
    evaluated = int(alarm.get("EvaluationPeriods") or 0)
    if evaluated < 1:
        return "EvaluationPeriods must be 1 or more"
    needed = alarm.get("DatapointsToAlarm")
    if needed is not None and not 1 <= needed <= evaluated:
        return "DatapointsToAlarm must be between 1 and EvaluationPeriods"
    return _problem_of_metric(alarm, evaluated) if alarm.get("MetricName") else None


def _problem_of_metric(alarm: Mapping[str, Any], evaluated: int) -> str | None:
    period, extended = int(alarm.get("Period") or 0), alarm.get("ExtendedStatistic")
    if not is_period(period):
        return "Period must be 10, 20, 30 or a multiple of 60"
    if bool(alarm.get("Statistic")) == bool(extended):
        return "Exactly one of Statistic and ExtendedStatistic must be specified"
    if extended and not statistics.is_percentile(extended):
        return f"The statistic {extended} is not supported by the local cloudwatch service."
    most = _MOST_SECONDS if period >= _HOUR else _MOST_SECONDS_OF_SHORT_PERIODS
    if period * evaluated > most:
        return f"Metrics cannot be checked across more than {most} seconds (EvaluationPeriods * Period)"
    return None
