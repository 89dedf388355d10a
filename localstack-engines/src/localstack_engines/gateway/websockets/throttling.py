"""Token buckets for the limits of stages and routes."""

import time
from dataclasses import dataclass

from localstack_engines.gateway.model import Throttle
from localstack_engines.gateway.websockets.model import Stage


@dataclass
class _Bucket:
    limit: Throttle
    tokens: float
    filled: float


class Throttling:
    """Counts what passes. A route without a limit of its own shares its stage's. For one thread only."""

    def __init__(self) -> None:
        self._buckets: dict[tuple[str, str, str], _Bucket] = {}

    def passes(self, api_id: str, stage: Stage, route_key: str) -> bool:
        """Takes a token for an event of a route. Returns False when there is none left."""
        own = stage.throttles.get(route_key)
        limit = own or stage.throttle
        if limit is None:
            return True
        key, now = (api_id, stage.name, route_key if own else ""), time.monotonic()
        bucket = self._buckets.get(key)
        if bucket is None or bucket.limit != limit:
            bucket = self._buckets[key] = _Bucket(limit, float(limit.burst), now)
        bucket.tokens = min(float(limit.burst), bucket.tokens + (now - bucket.filled) * limit.rate)
        bucket.filled = now
        if bucket.tokens < 1:
            return False
        bucket.tokens -= 1
        return True

    def forget(self, served: set[tuple[str, str]]) -> None:
        """Drops the counts of all stages but these (API, stage)."""
        self._buckets = {key: bucket for key, bucket in self._buckets.items() if key[:2] in served}
