"""Log lines, and the batches of events that CloudWatch Logs takes (pure)."""

from collections.abc import Callable, Iterator
from typing import Any

LogLine = tuple[int, str]
"""Milliseconds since the epoch, and the text without its line break."""

LogSink = Callable[[list[LogLine]], None]
"""Takes lines in the order in which they were written."""

_BATCH_EVENTS = 10_000
_BATCH_BYTES = 1_048_576
_EVENT_OVERHEAD = 26
_EVENT_BYTES = _BATCH_BYTES - _EVENT_OVERHEAD

Event = dict[str, Any]


def batches(lines: list[LogLine]) -> Iterator[list[Event]]:
    """Yields the lines as events, in batches for PutLogEvents. Leaves out empty lines, as the awslogs driver does.

    Source: API_PutLogEvents - 10,000 events and 1,048,576 bytes a batch, 26 bytes of overhead an event.
    """
    batch: list[Event] = []
    size = 0
    latest = 0
    for timestamp, text in lines:
        if not text:
            continue
        data = text.encode()
        if len(data) > _EVENT_BYTES:
            text = data[:_EVENT_BYTES].decode("utf-8", "ignore")
        cost = min(len(data), _EVENT_BYTES) + _EVENT_OVERHEAD
        if batch and (len(batch) == _BATCH_EVENTS or size + cost > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        # PutLogEvents demands chronological order, and lines of stdout and stderr can be slightly out of order.
        latest = max(latest, timestamp)
        batch.append({"timestamp": latest, "message": text})
        size += cost
    if batch:
        yield batch
