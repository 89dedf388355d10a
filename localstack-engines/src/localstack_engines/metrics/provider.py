"""LocalStack's CloudWatch with alarms that AWS's rules decide, exact dimensions, and percentiles."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from localstack.aws.api import CommonServiceException, RequestContext
from localstack.services.cloudwatch.models import LocalStackMetricAlarm
from localstack.services.cloudwatch.provider_v2 import CloudwatchProvider
from localstack.services.plugins import Service
from localstack.utils.aws import arns

from localstack_engines.metrics import alarm_actions, alarm_rules, alarm_state, statistics
from localstack_engines.metrics.database import Database, by_period
from localstack_engines.metrics.evaluator import Evaluator, signal

_SECONDS = (1, 5)
"""Periods that metrics have, and alarms have not."""
_UNKNOWN_ACTIONS = "localstack.services.cloudwatch.provider_v2"


class MetricsProvider(CloudwatchProvider):
    """Adds to LocalStack's provider what alarms and metrics need here."""

    def __init__(self) -> None:
        super().__init__()
        self.cloudwatch_database = Database()
        self.alarm_scheduler = Evaluator(lambda: self.cloudwatch_database)
        # LocalStack's provider warns of the actions that run here.
        logging.getLogger(_UNKNOWN_ACTIONS).addFilter(_is_no_warning_of_own_action)

    def on_after_state_reset(self) -> None:
        super().on_after_state_reset()
        self.cloudwatch_database = Database()

    def put_metric_alarm(self, context: RequestContext, request: Any) -> None:
        """Refuses an alarm that cannot be evaluated. LocalStack takes any period and any number of periods."""
        if problem := alarm_rules.problem(request):
            raise _refusal(problem)
        super().put_metric_alarm(context, request)

    def set_alarm_state(
        self,
        context: RequestContext,
        alarm_name: str,
        state_value: str,
        state_reason: str,
        state_reason_data: str | None = None,
        **more: Any,
    ) -> None:
        """Changes the state, and runs the actions that other parts have handlers for."""
        known = _recent_values(state_reason_data)
        super().set_alarm_state(context, alarm_name, state_value, state_reason, state_reason_data, **more)
        arn = arns.cloudwatch_alarm_arn(alarm_name, account_id=context.account_id, region_name=context.region)
        record = self.get_store(context.account_id, context.region).alarms.get(arn)
        if not isinstance(record, LocalStackMetricAlarm) or state_value != alarm_state.ALARM:
            alarm_actions.forget(arn)
            return
        given = signal(record.alarm, known)
        alarm_actions.note(given)
        if record.alarm["ActionsEnabled"]:
            alarm_actions.run(record.alarm["AlarmActions"], given)

    def get_metric_data(self, context: RequestContext, metric_data_queries: Any, *args: Any, **more: Any) -> Any:
        """Refuses what LocalStack's method cannot answer: expressions and statistics that are not known."""
        for query in metric_data_queries:
            if "MetricStat" not in query:
                raise _refusal(
                    f"GetMetricData: the expression of {query['Id']} is not supported by the local cloudwatch service."
                )
            _check_statistic(query["MetricStat"]["Stat"])
            _check_period(query["MetricStat"]["Period"])
        return super().get_metric_data(context, metric_data_queries, *args, **more)

    def get_metric_statistics(
        self,
        context: RequestContext,
        namespace: str,
        metric_name: str,
        start_time: datetime,
        end_time: datetime,
        period: int,
        dimensions: Any = None,
        statistics: Any = None,
        extended_statistics: Any = None,
        unit: str | None = None,
        **more: Any,
    ) -> Any:
        """Adds the percentiles to the data points."""
        _check_period(period)
        metric = (namespace, metric_name, start_time, end_time, period, dimensions)
        answer = super().get_metric_statistics(context, *metric, statistics or [], unit=unit, **more)
        if not extended_statistics:
            return answer
        named = {"Namespace": namespace, "MetricName": metric_name, "Dimensions": dimensions}
        start, end = int(start_time.timestamp()), int(end_time.timestamp())
        points = self.cloudwatch_database.points(context.account_id, context.region, named, start, end, unit)
        known = {_seconds(one["Timestamp"]): one for one in answer["Datapoints"]}
        for name in extended_statistics:
            _check_statistic(name)
            for number, value in by_period(points, start, period, name).items():
                moment = start + number * period
                at = datetime.fromtimestamp(moment, UTC)
                datapoint = known.setdefault(moment, {"Timestamp": at, "Unit": unit or "None"})
                datapoint.setdefault("ExtendedStatistics", {})[name] = value
        return {**answer, "Datapoints": list(known.values())}


def _is_no_warning_of_own_action(record: logging.LogRecord) -> bool:
    arguments = record.args if isinstance(record.args, tuple) else ()
    return not (
        len(arguments) == 2 and str(arguments[1]).startswith("arn:") and alarm_actions.has_handler(str(arguments[1]))
    )


def _check_statistic(name: str) -> None:
    if name not in statistics.PLAIN and not statistics.is_percentile(name):
        raise _refusal(f"The statistic {name} is not supported by the local cloudwatch service.")


def _check_period(seconds: int) -> None:
    if seconds not in _SECONDS and not alarm_rules.is_period(seconds):
        raise _refusal("The parameter Period must be 1, 5, 10, 20, 30 or a multiple of 60")


def _recent_values(state_reason_data: str | None) -> list[float]:
    """Returns the values that the reason of a state has. Raises InvalidFormat for what is no JSON object."""
    try:
        data = json.loads(state_reason_data or "{}")
    except ValueError:
        data = None
    if not isinstance(data, dict):
        raise CommonServiceException("InvalidFormat", "StateReasonData is no JSON object", 400, True)
    values = data.get("recentDatapoints")
    return [value for value in values if isinstance(value, int | float)] if isinstance(values, list) else []


def _refusal(message: str) -> CommonServiceException:
    return CommonServiceException("ValidationError", message, 400, True)


def _seconds(moment: datetime | float) -> int:
    return int(moment.timestamp() if isinstance(moment, datetime) else moment)


def service() -> Service:
    """Returns the service for LocalStack."""
    return Service.for_provider(MetricsProvider())
