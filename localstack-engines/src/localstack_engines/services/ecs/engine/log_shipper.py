"""Sends containers' output to their log sinks."""

import logging
import queue
import threading
import time
from collections.abc import Iterator
from datetime import datetime

from localstack_engines.toolkit.log_shipping.log_events import LogLine, LogSink

LOG = logging.getLogger(__name__)

_BATCH_WINDOW = 0.2
_BATCH_LINES = 5000

_Item = tuple[LogSink, int, str]


class LogShipper:
    """Each container has a reader that feeds a queue. One thread sends the lines of the queue in their order.

    Lines that arrive within 0.2 seconds go to each sink as one batch.
    """

    def __init__(self) -> None:
        self._queue: queue.Queue[_Item | None] = queue.Queue(maxsize=50_000)
        self._thread = threading.Thread(target=self._ship, name="ecs-logs", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Sends what is queued, then ends. Waits at most 5 seconds."""
        self._queue.put(None)
        self._thread.join(5)

    def follow(self, lines: Iterator[tuple[str, str]], sink: LogSink, name: str) -> threading.Thread:
        """Starts a thread that reads the lines until the container ends.

        Returns the thread: when it has ended, all lines have been read.
        """
        reader = threading.Thread(target=self._read, args=(lines, sink), name=f"ecs-log-{name}", daemon=True)
        reader.start()
        return reader

    def _read(self, lines: Iterator[tuple[str, str]], sink: LogSink) -> None:
        try:
            for stamp, text in lines:
                self._queue.put((sink, int(_docker_time(stamp).timestamp() * 1000), text))
        except Exception as error:
            LOG.warning("reading a container's log ended early: %s", error)

    def _ship(self) -> None:
        running = True
        while running:
            item = self._queue.get()
            batch: dict[LogSink, list[LogLine]] = {}
            deadline = time.monotonic() + _BATCH_WINDOW
            count = 0
            while item is not None:
                batch.setdefault(item[0], []).append(item[1:])
                count += 1
                if count >= _BATCH_LINES:
                    break
                try:
                    item = self._queue.get(timeout=max(0.0, deadline - time.monotonic()))
                except queue.Empty:
                    break
            running = item is not None
            for sink, entries in batch.items():
                try:
                    sink(entries)
                except Exception as error:
                    LOG.warning("%d log lines were lost: %s", len(entries), error)


def _docker_time(text: str) -> datetime:
    """Parses Docker's RFC 3339 time, which has nanoseconds."""
    head, _, fraction = text.rstrip("Z").partition(".")
    return datetime.fromisoformat(f"{head}.{fraction[:6]:0<6}+00:00")
