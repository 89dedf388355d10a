"""The metrics of HTTP APIs, from HAProxy's log.

Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-metrics.html
"""

import threading
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from localstack_engines.gateway.configuration.access_log import SEPARATOR, SHORT
from localstack_engines.metrics.distribution import Distribution
from localstack_engines.metrics.samples import Sample
from localstack_engines.services.apigatewayv2.store import Store

_NAMESPACE = "AWS/ApiGateway"


@dataclass
class _Requests:
    """The requests of a stage in one period."""

    count: int = 0
    client_errors: int = 0
    server_errors: int = 0
    latency: Distribution = field(default_factory=Distribution)
    integration_latency: Distribution = field(default_factory=Distribution)


class RequestMetrics:
    """Counts requests, and returns them as samples once a period."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._stages: dict[tuple[str, str], _Requests] = defaultdict(_Requests)

    def count(self, line: Mapping[str, Any]) -> None:
        """Counts the request that a line of the log describes. A line without an API is no request to one."""
        api, status = line.get("apiId"), int(line.get("status") or 0)
        if not api or not status:
            return
        with self._lock:
            for stage in ("", str(line.get("stage") or "")):
                requests = self._stages[api, stage]
                requests.count += 1
                requests.client_errors += 400 <= status < 500
                requests.server_errors += status >= 500
                _add(requests.latency, line.get("latencyMs"))
                _add(requests.integration_latency, line.get("integrationLatencyMs"))

    def samples(self) -> Iterator[Sample]:
        """Yields the samples of all APIs since the last call: of an API as a whole, and of each of its stages."""
        with self._lock:
            stages, self._stages = self._stages, defaultdict(_Requests)
        if not stages:
            return
        owners = {api.api_id: (account, region) for account, region, api in self._store.all_apis()}
        for (api, stage), requests in stages.items():
            if api in owners:
                where = {"ApiId": api, "Stage": stage} if stage else {"ApiId": api}
                yield from _samples(*owners[api], where, requests)


def short_line(text: str) -> dict[str, str]:
    """Returns the fields of a short line. HAProxy writes a hyphen for what a request does not have."""
    fields = zip(SHORT, text.split(SEPARATOR), strict=False)
    return {name: value for name, value in fields if value not in ("", "-")}


def _samples(account: str, region: str, where: dict[str, str], requests: _Requests) -> Iterator[Sample]:
    count = requests.count
    yield Sample(account, region, _NAMESPACE, "Count", where, [1], "Count", [count])
    for name, errors in (("4xx", requests.client_errors), ("5xx", requests.server_errors)):
        # Each request counts, with 0 or 1: the average is the share of errors.
        known = [(value, number) for value, number in ((0, count - errors), (1, errors)) if number]
        values, counts = [value for value, _ in known], [number for _, number in known]
        yield Sample(account, region, _NAMESPACE, name, where, values, "Count", counts)
    for name, times in (("Latency", requests.latency), ("IntegrationLatency", requests.integration_latency)):
        if times:
            yield Sample(account, region, _NAMESPACE, name, where, times.values, "Milliseconds", times.counts)


def _add(times: Distribution, milliseconds: Any) -> None:
    value = int(milliseconds) if milliseconds not in (None, "") else -1
    if value >= 0:
        times.add(value)
