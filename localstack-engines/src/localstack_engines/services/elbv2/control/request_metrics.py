"""The metrics of Application Load Balancers, from the lines that HAProxy logs, and of their targets' health.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
"""

import threading
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from localstack_engines.metrics.distribution import Distribution
from localstack_engines.metrics.samples import Sample
from localstack_engines.services.elbv2 import store as records
from localstack_engines.services.elbv2.models import LoadBalancer, TargetGroup
from localstack_engines.services.elbv2.store import Store

_NAMESPACE = "AWS/ApplicationELB"
_CLIENT_GONE = 460


@dataclass
class _Requests:
    """The requests of one period. `codes` counts them by the metric of their status."""

    forwarded: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    milliseconds: Distribution = field(default_factory=Distribution)

    def add(self, line: Mapping[str, Any]) -> None:
        answered = line.get("targetStatus")
        self.forwarded += bool(line.get("pool"))
        origin, status = ("Target", answered) if answered else ("ELB", line.get("status"))
        if status:
            # HAProxy has no status, which it writes as -1, when the client goes before the answer. AWS's is 460 then.
            code = int(status) if int(status) > 0 else _CLIENT_GONE
            self.codes[f"HTTPCode_{origin}_{code // 100}XX_Count"] += 1
        time = int(line.get("targetMs") or 0)
        if answered and time >= 0:
            self.milliseconds.add(time)


class RequestMetrics:
    """Counts requests, and returns them as samples once a period."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._requests: dict[tuple[str, str], _Requests] = defaultdict(_Requests)

    def count(self, balancer: LoadBalancer, line: Mapping[str, Any]) -> None:
        """Counts the request that a line describes, for the load balancer and for its target group."""
        pools = {"", str(line.get("pool") or "")}
        with self._lock:
            for pool in pools:
                self._requests[balancer.arn, pool].add(line)

    def samples(self) -> Iterator[Sample]:
        """Yields the samples of all Application Load Balancers since the last call."""
        with self._lock:
            requests, self._requests = self._requests, defaultdict(_Requests)
        for balancer in self._store.load_balancers():
            if not balancer.is_application:
                continue
            yield from _of_requests(balancer, {}, requests.get((balancer.arn, "")))
            for arn in sorted(set(records.target_groups_of(balancer))):
                group = self._store.target_group(arn)
                if group is not None:
                    yield from _of_group(balancer, group, requests.get((balancer.arn, pool_name(arn))))


def pool_name(group_arn: str) -> str:
    """Returns the name of HAProxy's section for a target group."""
    return f"pool-{group_arn.rsplit('/', 1)[-1]}"


def _of_group(balancer: LoadBalancer, group: TargetGroup, requests: _Requests | None) -> Iterator[Sample]:
    where = {"TargetGroup": group.arn.rsplit(":", 1)[-1]}
    yield from _of_requests(balancer, where, requests)
    states = Counter(target.state for target in list(group.targets.values()))
    healthy = states["healthy"]
    yield _sample(balancer, "HealthyHostCount", where, [healthy])
    yield _sample(balancer, "UnHealthyHostCount", where, [states["unhealthy"]])
    if requests is not None and requests.forwarded and healthy:
        yield _sample(balancer, "RequestCountPerTarget", where, [requests.forwarded / healthy])


def _of_requests(balancer: LoadBalancer, where: dict[str, str], requests: _Requests | None) -> Iterator[Sample]:
    if requests is None:
        return
    if requests.forwarded:
        yield _sample(balancer, "RequestCount", where, [1], [requests.forwarded])
    for name, number in requests.codes.items():
        yield _sample(balancer, name, where, [1], [number])
    if times := requests.milliseconds:
        seconds = [milliseconds / 1000 for milliseconds in times.values]
        yield _sample(balancer, "TargetResponseTime", where, seconds, times.counts, "Seconds")


def _sample(
    balancer: LoadBalancer,
    name: str,
    where: dict[str, str],
    values: list[float],
    counts: list[int] | None = None,
    unit: str = "Count",
) -> Sample:
    dimensions = {"LoadBalancer": "/".join(balancer.path), **where}
    scope = balancer.scope
    return Sample(scope.account, scope.region, _NAMESPACE, name, dimensions, values, unit, counts or ())
