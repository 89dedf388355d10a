"""Prometheus metrics. Labels are route templates and event types, never ids or values."""

from __future__ import annotations

from prometheus_client import REGISTRY, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

_FAST = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

HTTP_REQUESTS = Counter("http_requests_total", "Requests answered.", ["method", "route", "status"])
HTTP_SECONDS = Histogram("http_request_duration_seconds", "Time to answer.", ["method", "route"], buckets=_FAST)
HTTP_IN_FLIGHT = Gauge("http_requests_in_flight", "Requests being answered.")
TRANSACTION_RETRIES = Counter("transaction_retries_total", "Transactions run again.", ["reason"])
RPC_HANDLED = Counter("grpc_server_handled_total", "gRPC calls answered.", ["method", "code"])

OUTBOX_WAITING = Gauge("outbox_unpublished", "Committed events that the broker does not have yet.")
OUTBOX_LAG = Gauge("outbox_lag_seconds", "Age of the oldest of them.")
OUTBOX_PUBLISHED = Counter("outbox_published_total", "Events sent.", ["topic"])
OUTBOX_REFUSED = Counter("outbox_refused_total", "Events that the broker will never take.", ["topic"])
OUTBOX_LEADER = Gauge("outbox_leader", "1 in the one process that sends.")

AUDIT_UNSEALED = Gauge("audit_unsealed_seconds", "Age of the oldest audit record that has no seal yet.")
AUDIT_UNANCHORED = Gauge("audit_unanchored_seconds", "Age of the oldest seal that has no anchor yet.")

CONSUMED = Counter("events_consumed_total", "Events handled.", ["topic", "type", "outcome"])
CONSUMER_LAG = Gauge("consumer_lag", "Messages that wait in a partition.", ["topic", "partition"])
CONSUMER_REBUILT = Counter("consumer_rebuilt_total", "Consumers replaced because they made no progress.", ["reason"])
DEAD_LETTERS = Counter("dead_letters_total", "Messages given up.", ["topic", "reason"])
EVENT_SECONDS = Histogram(
    "event_delay_seconds", "From an event's time to its effect.", ["topic"], buckets=(*_FAST, 30.0, 120.0)
)


def exposition() -> tuple[bytes, str]:
    """Returns all metrics in Prometheus' text format, and its media type."""
    return generate_latest(REGISTRY), CONTENT_TYPE_LATEST
