"""Evaluates all alarms: a replacement of LocalStack's scheduler of alarms.

LocalStack's waits for as many periods as an alarm evaluates between two evaluations, knows no percentiles, and calls
an action only when the state changes. AWS evaluates an alarm every minute, and calls the actions of Auto Scaling at
each evaluation.
"""

import json
import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from localstack.services.cloudwatch.models import LocalStackMetricAlarm, cloudwatch_stores

from localstack_engines.metrics import alarm_actions, alarm_state, period
from localstack_engines.metrics.database import Database, by_period

LOG = logging.getLogger(__name__)

_MINUTE = 60
_DELAY_SHARE = 0.1
"""Share of an interval after which an evaluation begins: the values of the period before have come in by then."""


class Evaluator:
    """One thread that evaluates each alarm once a minute, or once a period if that is shorter.

    It has the methods of LocalStack's `AlarmScheduler` that the provider calls. `database` returns the metrics.
    """

    def __init__(self, database: Callable[[], Database]) -> None:
        self._database = database
        self._due: dict[str, float] = {}
        self._wake = threading.Condition()
        self._generation = 0

    def start(self) -> None:
        with self._wake:
            self._generation += 1
            mine = self._generation
        threading.Thread(target=self._run, args=(mine,), name="cloudwatch-alarms", daemon=True).start()

    def shutdown(self) -> None:
        with self._wake:
            self._generation += 1
            self._due.clear()
            self._wake.notify_all()

    def schedule_metric_alarm(self, alarm_arn: str) -> None:
        """Evaluates an alarm at once, and regularly from then on."""
        with self._wake:
            self._due[alarm_arn] = time.time()
            self._wake.notify_all()

    def delete_scheduler_for_alarm(self, alarm_arn: str) -> None:
        with self._wake:
            self._due.pop(alarm_arn, None)
        alarm_actions.forget(alarm_arn)

    def restart_existing_alarms(self) -> None:
        for arn in _all_alarms():
            self.schedule_metric_alarm(arn)

    def _run(self, generation: int) -> None:
        while (arn := self._next(generation)) is not None:
            try:
                self._evaluate(arn)
            except Exception:
                LOG.exception("the alarm %s cannot be evaluated", arn)

    def _next(self, generation: int) -> str | None:
        """Waits for the next alarm that is due, and returns its ARN; None when this thread has to end."""
        with self._wake:
            while self._generation == generation:
                arn = min(self._due, key=self._due.__getitem__, default=None)
                left = self._due[arn] - time.time() if arn is not None else None
                if arn is not None and left is not None and left <= 0:
                    self._due[arn] = _next_time(_all_alarms().get(arn))
                    return arn
                self._wake.wait(left)
        return None

    def _evaluate(self, arn: str) -> None:
        record = _all_alarms().get(arn)
        if record is None or not alarm_state.is_evaluated(record.alarm):
            # An expression or a band of anomaly detection is a record: its state is what SetAlarmState says.
            self.delete_scheduler_for_alarm(arn)
            return
        values = self._values(record)
        verdict = alarm_state.verdict(record.alarm, values)
        known = [value for value in values if value is not None]
        if verdict is not None and verdict.state != record.alarm["StateValue"]:
            _set_state(record, verdict, known)
        elif record.alarm["StateValue"] == alarm_state.ALARM:
            alarm_actions.note(signal(record.alarm, known))
            if record.alarm["ActionsEnabled"]:
                alarm_actions.run(record.alarm["AlarmActions"], signal(record.alarm, known))

    def _values(self, record: LocalStackMetricAlarm) -> list[float | None]:
        """Returns the statistic of each period, the oldest first. The last period is the last complete one."""
        alarm = record.alarm
        length, count = int(alarm["Period"]), alarm_state.periods(alarm)
        step = min(length, _MINUTE)
        end = time.time() // step * step
        start = end - count * length
        points = self._database().points(record.account_id, record.region, alarm, start, end, alarm.get("Unit"))
        found = by_period(points, start, length, alarm.get("Statistic") or alarm["ExtendedStatistic"])
        return [found.get(number) for number in range(count)]


def signal(alarm: dict[str, Any], known: list[float]) -> alarm_actions.Signal:
    """Returns the signal of an alarm. Without values, as after SetAlarmState, the metric counts as at its threshold."""
    threshold = float(alarm.get("Threshold") or 0)
    value = known[-1] if known else threshold
    return alarm_actions.Signal(alarm["AlarmArn"], alarm["AlarmName"], value, threshold)


def _all_alarms() -> dict[str, LocalStackMetricAlarm]:
    return {
        arn: alarm
        for regions in list(cloudwatch_stores.values())
        for store in list(regions.values())
        for arn, alarm in list(store.alarms.items())
        if isinstance(alarm, LocalStackMetricAlarm)
    }


def _next_time(record: LocalStackMetricAlarm | None) -> float:
    length = int(record.alarm.get("Period") or _MINUTE) if record else _MINUTE
    interval = min(length, period.seconds())
    return (time.time() // interval + 1) * interval + interval * _DELAY_SHARE


def _set_state(record: LocalStackMetricAlarm, verdict: alarm_state.Verdict, known: list[float]) -> None:
    from localstack.aws.connect import connect_to

    alarm = record.alarm
    names = (("Period", "period"), ("Statistic", "statistic"), ("ExtendedStatistic", "statistic"), ("Unit", "unit"))
    data = {
        "version": "1.0",
        "queryDate": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
        "recentDatapoints": known[-int(alarm["EvaluationPeriods"]) :],
        "threshold": alarm["Threshold"],
        **{key: alarm[name] for name, key in names if alarm.get(name)},
    }
    connect_to(aws_access_key_id=record.account_id, region_name=record.region).cloudwatch.set_alarm_state(
        AlarmName=alarm["AlarmName"],
        StateValue=verdict.state,
        StateReason=verdict.reason,
        StateReasonData=json.dumps(data),
    )
