"""LocalStack's database of metrics, read with exact dimensions and with percentiles.

LocalStack's own query also finds the metrics that have further dimensions: an API's requests would count once for the
API and once more for its stage.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from localstack.services.cloudwatch.cloudwatch_database_helper import CloudwatchDatabase

from localstack_engines.metrics.statistics import Point, statistic

_POINTS = """
SELECT timestamp, 1, value, value, value, unit FROM SINGLE_METRICS WHERE {where}
UNION ALL
SELECT timestamp, sample_count, sum, min, max, unit FROM AGGREGATED_METRICS WHERE {where}
ORDER BY 1
"""
_INDEXES = """
CREATE INDEX IF NOT EXISTS idx_single_metrics_time ON SINGLE_METRICS (metric_name, namespace, timestamp);
CREATE INDEX IF NOT EXISTS idx_aggregated_metrics_time ON AGGREGATED_METRICS (metric_name, namespace, timestamp);
"""


class Database(CloudwatchDatabase):
    """The metrics of all accounts and regions."""

    def __init__(self) -> None:
        super().__init__()
        with self.DATABASE_LOCK, sqlite3.connect(self.METRICS_DB) as connection:
            connection.executescript(_INDEXES)

    def points(
        self,
        account: str,
        region: str,
        metric: dict[str, Any],
        start: float,
        end: float,
        unit: str | None = None,
    ) -> list[Point]:
        """Returns the points of a metric in [start, end), the oldest first. `unit` limits them to one unit."""
        where = "account_id = ? AND region = ? AND namespace = ? AND metric_name = ? AND dimensions IS ?"
        arguments: list[Any] = [account, region, metric.get("Namespace"), metric.get("MetricName")]
        arguments.append(self._get_ordered_dimensions_with_separator(list(metric.get("Dimensions") or [])))
        where += " AND timestamp >= ? AND timestamp < ?"
        arguments += [int(start), int(end)]
        if unit:
            where += " AND unit IS ?"
            arguments.append(None if unit == "NULL_VALUE" else unit)
        with self.DATABASE_LOCK, sqlite3.connect(self.METRICS_DB_READ_ONLY, uri=True) as connection:
            rows = connection.execute(_POINTS.format(where=where), [*arguments, *arguments]).fetchall()
        return [Point(*row[:5]) for row in rows]

    def get_metric_data_stat(
        self,
        account_id: str,
        region: str,
        query: dict[str, Any],
        start_time: datetime,
        end_time: datetime,
        scan_by: str,
    ) -> dict[str, list[float]]:
        """Returns the statistic of a query for each period that has data. Raises ValueError for an unknown one."""
        asked = query["MetricStat"]
        start, end, period = int(start_time.timestamp()), int(end_time.timestamp()), int(asked["Period"])
        found = self.points(account_id, region, asked["Metric"], start, end, asked.get("Unit"))
        values = by_period(found, start, period, asked["Stat"])
        moments = sorted(values, reverse=scan_by != "TimestampAscending")
        return {"timestamps": [start + moment * period for moment in moments], "values": [values[m] for m in moments]}


def by_period(points: Sequence[Point], start: float, period: int, name: str) -> dict[int, float]:
    """Returns a statistic of each period that has data, by the number of the period from `start` on."""
    periods: dict[int, list[Point]] = defaultdict(list)
    for point in points:
        periods[int((point.timestamp - start) // period)].append(point)
    found = {number: statistic(name, members) for number, members in periods.items()}
    return {number: value for number, value in found.items() if value is not None}
