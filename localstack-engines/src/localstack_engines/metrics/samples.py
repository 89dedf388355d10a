"""What sources of metrics return."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Sample:
    """The values of a metric in one period. `counts` says how often each of them occurred, by default once."""

    account: str
    region: str
    namespace: str
    name: str
    dimensions: Mapping[str, str]
    values: Sequence[float]
    unit: str = "None"
    counts: Sequence[int] = field(default=())

    def data(self, timestamp: int) -> list[dict[str, Any]]:
        """Returns the members of PutMetricData's MetricData.

        A value that occurred often is a set of values with one minimum and maximum: CloudWatch finds percentiles in it,
        and the database keeps one row for it.
        """
        common = {
            "MetricName": self.name,
            "Dimensions": [{"Name": name, "Value": value} for name, value in self.dimensions.items()],
            "Timestamp": timestamp,
            "Unit": self.unit,
        }
        counts = self.counts or [1] * len(self.values)
        return [
            {
                **common,
                "StatisticValues": {"SampleCount": count, "Sum": value * count, "Minimum": value, "Maximum": value},
            }
            for value, count in zip(self.values, counts, strict=True)
        ]
