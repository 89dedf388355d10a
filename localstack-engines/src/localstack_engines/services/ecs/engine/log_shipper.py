"""Sends containers' output to their log sinks."""

import logging
import threading
from collections.abc import Iterator

from localstack_engines.toolkit.log_shipping.log_events import LogLine, LogSink

LOG = logging.getLogger(__name__)


def ship(pieces: Iterator[list[LogLine]], sink: LogSink, name: str) -> threading.Thread:
    """Starts a thread that sends the lines, in their order, until the container ends.

    Returns the thread: when it has ended, all lines have been sent.
    """
    thread = threading.Thread(target=_ship, args=(pieces, sink), name=f"ecs-log-{name}", daemon=True)
    thread.start()
    return thread


def _ship(pieces: Iterator[list[LogLine]], sink: LogSink) -> None:
    try:
        for lines in pieces:
            try:
                sink(lines)
            except Exception as error:
                # Lines that cannot be delivered must not end the delivery of later ones.
                LOG.warning("%d log lines were lost: %s", len(lines), error)
    except Exception as error:
        LOG.warning("reading a container's log ended early: %s", error)
