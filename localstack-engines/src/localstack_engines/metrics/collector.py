"""Takes the metrics of all services once a period, and puts them into CloudWatch.

A service adds a source when it starts. Nothing runs before that, and a period without samples puts nothing.
"""

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from localstack_engines.metrics import period
from localstack_engines.metrics.samples import Sample

LOG = logging.getLogger(__name__)

_MOST_DATA = 1000
"""The most metrics of one PutMetricData request."""

Source = Callable[[], Iterable[Sample]]


class Collector:
    """One thread that asks the sources at the end of each period."""

    def __init__(self) -> None:
        self._sources: list[Source] = []
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, source: Source) -> None:
        """Adds a source, which returns the samples of the period that ends now. The first one starts the thread."""
        with self._lock:
            self._sources.append(source)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, args=(period.seconds(),), name="metrics", daemon=True)
                self._thread.start()

    def stop(self) -> None:
        self._stopped.set()

    def _run(self, length: int) -> None:
        while True:
            end = (int(time.time()) // length + 1) * length
            if self._stopped.wait(max(0.0, end - time.time())):
                return
            self._collect(end - length)

    def _collect(self, timestamp: int) -> None:
        places: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
        for source in list(self._sources):
            try:
                for sample in source():
                    places[sample.account, sample.region, sample.namespace] += sample.data(timestamp)
            except Exception:
                LOG.exception("metrics of %s", source)
        for (account, region, namespace), data in places.items():
            try:
                _put(account, region, namespace, data)
            except Exception:
                LOG.exception("metrics of %s", namespace)


def _put(account: str, region: str, namespace: str, data: list[dict[str, Any]]) -> None:
    from localstack.aws.connect import connect_to

    client = connect_to(aws_access_key_id=account, region_name=region).cloudwatch
    for start in range(0, len(data), _MOST_DATA):
        client.put_metric_data(Namespace=namespace, MetricData=data[start : start + _MOST_DATA])


_collector = Collector()
add = _collector.add
stop = _collector.stop
