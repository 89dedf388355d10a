"""CloudWatch's data points of the last minutes."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

_WINDOW = timedelta(minutes=15)


def total(client: Any, namespace: str, name: str, **dimensions: str) -> float | None:
    """Returns the sum of a metric with exactly these dimensions, None when it has no data."""
    return _statistic(client, "Sum", namespace, name, dimensions)


def highest(client: Any, namespace: str, name: str, **dimensions: str) -> float | None:
    """Returns the largest value of a metric with exactly these dimensions, None when it has no data."""
    return _statistic(client, "Maximum", namespace, name, dimensions)


def put(client: Any, namespace: str, name: str, value: float, *, period: int, count: int) -> None:
    """Puts a value for each of the last `count` periods of so many seconds."""
    now = time.time()
    data = [{"MetricName": name, "Value": value, "Timestamp": now - period * age} for age in range(count)]
    client.put_metric_data(Namespace=namespace, MetricData=data)


def _statistic(client: Any, statistic: str, namespace: str, name: str, dimensions: dict[str, str]) -> float | None:
    end = datetime.now(UTC) + timedelta(minutes=1)
    points = client.get_metric_statistics(
        Namespace=namespace,
        MetricName=name,
        Dimensions=[{"Name": key.replace("_", " "), "Value": value} for key, value in dimensions.items()],
        StartTime=end - _WINDOW,
        EndTime=end,
        Period=int(_WINDOW.total_seconds()),
        Statistics=[statistic],
    )["Datapoints"]
    return float(points[0][statistic]) if points else None
