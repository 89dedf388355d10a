"""Sinks that write log lines to a CloudWatch log stream."""

import logging
import threading
from typing import Any

from botocore.exceptions import ClientError

from localstack_engines.toolkit.log_shipping.log_events import Event, LogLine, LogSink, batches

LOG = logging.getLogger(__name__)

KEPT_EVENTS = 100_000
"""A stream keeps at least its newest this many events, which are about 60 MB, and forgets older ones."""

_writing = threading.Lock()
"""The store numbers events without a lock, and `aws logs tail` shows only one of the events with the same number."""


def log_stream(account: str, region: str, group: str, stream: str, create_group: bool = False) -> LogSink:
    """Returns a sink that creates the stream (and the group, if `create_group`) with the first lines it gets."""
    created = False

    def send(lines: list[LogLine]) -> None:
        nonlocal created
        if not created:
            create_stream(_client(account, region), group, stream, create_group)
            created = True
        put_lines(account, region, group, stream, lines)

    return send


def create_stream(logs: Any, group: str, stream: str, create_group: bool) -> None:
    """Creates the stream, and the group if `create_group`, unless they exist. Raises the API's ClientError."""
    if create_group:
        _create(logs.create_log_group, logGroupName=group)
    _create(logs.create_log_stream, logGroupName=group, logStreamName=stream)


def put_lines(account: str, region: str, group: str, stream: str, lines: list[LogLine]) -> None:
    """Writes the lines to a stream that `create_stream` made."""
    from localstack.services.logs.models import get_moto_logs_backend

    backend = get_moto_logs_backend(account, region)
    for batch in batches(lines):
        if backend.filters.metric_filters:
            # Only the API's operation applies metric filters.
            _client(account, region).put_log_events(logGroupName=group, logStreamName=stream, logEvents=batch)
        else:
            _store(backend, group, stream, batch)


def _store(backend: Any, group: str, stream: str, events: list[Event]) -> None:
    """Hands events to the store itself: a request through the API costs some twenty times as much for each event.

    Subscription filters apply to both.
    """
    from moto.logs.models import LogEvent

    with _writing:
        backend.put_log_events(group, stream, events)
        # moto lists every event once more, for a dashboard that LocalStack does not have, and would keep all of them.
        LogEvent.instances_tracked.clear()
        kept = backend.groups[group].streams[stream].events
        # Not with each batch: a list gives up its first items in time proportional to its length.
        if len(kept) > KEPT_EVENTS * 1.2:
            LOG.info("log stream %s of %s forgets its oldest %d events", stream, group, len(kept) - KEPT_EVENTS)
            del kept[:-KEPT_EVENTS]


def _client(account: str, region: str) -> Any:
    from localstack.aws.connect import connect_to

    return connect_to(aws_access_key_id=account, region_name=region).logs


def _create(operation: Any, **names: str) -> None:
    try:
        operation(**names)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceAlreadyExistsException":
            raise
