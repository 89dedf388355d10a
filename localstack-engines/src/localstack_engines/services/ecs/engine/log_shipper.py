"""Carries containers' output to their log sinks in batches, in order, by one thread."""

import logging
import queue
import threading
import time
from collections.abc import Iterator

from localstack_engines.services.ecs.engine.containers import docker_time
from localstack_engines.services.ecs.engine.task_spec import LogSink

LOG = logging.getLogger(__name__)

_BATCH_WINDOW = 0.2
_BATCH_LINES = 5000

_Item = tuple[LogSink, int, str]


class LogPump:
    """Readers (one a container) feed a queue; the shipper sends what came within the window as one batch a sink."""

    def __init__(self) -> None:
        self._queue: queue.Queue[_Item | None] = queue.Queue(maxsize=50_000)
        self._thread = threading.Thread(target=self._ship, name="ecs-logs", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Sends what is queued, then ends."""
        self._queue.put(None)
        self._thread.join(5)

    def follow(self, lines: Iterator[tuple[str, str]], sink: LogSink, name: str) -> threading.Thread:
        """Reads lines until the container ends; join the thread to know that all were read."""
        reader = threading.Thread(target=self._read, args=(lines, sink), name=f"ecs-log-{name}", daemon=True)
        reader.start()
        return reader

    def flush(self, timeout: float = 5) -> None:
        """Waits until everything that was queued before has been sent."""
        done = threading.Event()
        self._queue.put((lambda batch: done.set(), 0, ""))
        done.wait(timeout)

    def _read(self, lines: Iterator[tuple[str, str]], sink: LogSink) -> None:
        try:
            for stamp, text in lines:
                self._queue.put((sink, int(docker_time(stamp).timestamp() * 1000), text))
        except Exception as error:
            LOG.warning("reading a container's log ended early: %s", error)

    def _ship(self) -> None:
        running = True
        while running:
            item = self._queue.get()
            batch: dict[LogSink, list[tuple[int, str]]] = {}
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
