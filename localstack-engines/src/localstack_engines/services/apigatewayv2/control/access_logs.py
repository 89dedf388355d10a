"""Access logs: HAProxy's lines go to CloudWatch Logs, each in the format of its stage. Their requests are counted."""

import json
import logging
import os
import queue
import socket
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from localstack_engines.services.apigatewayv2.control.access_log_format import context_values, render
from localstack_engines.services.apigatewayv2.control.request_metrics import RequestMetrics, short_line
from localstack_engines.services.apigatewayv2.models import AccessLogSettings
from localstack_engines.services.apigatewayv2.store import Store

LOG = logging.getLogger(__name__)

_RECEIVE_BUFFER_BYTES = 8 * 1024 * 1024
_DATAGRAM_BYTES = 65536
_QUEUED_LINES = 100_000
_BATCH_LINES = 500
_BATCH_SECONDS = 0.2


class AccessLogs:
    """Receives lines on a datagram socket in one thread, and writes them in batches in another."""

    def __init__(self, store: Store, socket_path: Path, metrics: RequestMetrics) -> None:
        self._store = store
        self._metrics = metrics
        self._path = socket_path
        self._lines: queue.Queue[dict | None] = queue.Queue(maxsize=_QUEUED_LINES)
        self._socket: socket.socket | None = None

    def start(self) -> None:
        self._path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES)
        self._socket.bind(str(self._path))
        os.chmod(self._path, 0o600)  # noqa: PTH101 (a socket, not a file)
        threading.Thread(target=self._receive, args=(self._socket,), name="access-log-receiver", daemon=True).start()
        threading.Thread(target=self._write, name="access-log-writer", daemon=True).start()

    def stop(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._lines.put(None)
        self._path.unlink(missing_ok=True)

    def _receive(self, source: socket.socket) -> None:
        while True:
            try:
                datagram = source.recv(_DATAGRAM_BYTES)
            except OSError:
                return
            try:
                self._take(datagram.rstrip(b"\0\n"))
            except ValueError as error:
                LOG.debug("access log line dropped: %s", error)

    def _take(self, line: bytes) -> None:
        """Counts a request, and puts its line into the log if it has all fields. Raises ValueError."""
        if not line.startswith(b"{"):
            self._metrics.count(short_line(line.decode()))
            return
        fields = json.loads(line)
        self._metrics.count(fields)
        self.put(fields)

    def put(self, line: dict) -> None:
        """Takes a line for the log of its stage. Lines beyond the size of the queue are lost."""
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            LOG.debug("access log line dropped: the queue is full")

    def _write(self) -> None:
        while (first := self._lines.get()) is not None:
            batch = [first]
            deadline = time.monotonic() + _BATCH_SECONDS
            while len(batch) < _BATCH_LINES and (left := deadline - time.monotonic()) > 0:
                try:
                    line = self._lines.get(timeout=left)
                except queue.Empty:
                    break
                if line is None:
                    break
                batch.append(line)
            try:
                _put(batch, self._store.access_log_settings())
            except Exception:
                LOG.exception("access logs could not be written")


def _put(batch: list[dict], settings: Mapping[tuple[str, str], AccessLogSettings]) -> None:
    """Writes each stage's lines to its log group, in a stream for the stage."""
    streams: dict[tuple[str, str, str, str], list[dict]] = {}
    for line in batch:
        target = settings.get((line.get("apiId") or "", line.get("stage") or ""))
        if target is None:
            continue
        _, _, _, region, owner, _, group, *_ = target.destination_arn.split(":")
        entry = {
            "timestamp": int(line.get("startedMs") or time.time() * 1000),
            "message": render(target.format, line.get("values") or context_values(target.account, line)),
        }
        stream = f"{line['apiId']}/{line['stage']}".replace(":", "_").replace("*", "_")
        streams.setdefault((owner, region, group, stream), []).append(entry)
    for (owner, region, group, stream), entries in streams.items():
        _put_events(owner, region, group, stream, entries)


def _put_events(account: str, region: str, group: str, stream: str, entries: list[dict]) -> None:
    from localstack.aws.connect import connect_to

    logs = connect_to(aws_access_key_id=account, region_name=region).logs
    entries = sorted(entries, key=lambda entry: entry["timestamp"])
    try:
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=entries)
    except logs.exceptions.ResourceNotFoundException:
        try:
            logs.create_log_stream(logGroupName=group, logStreamName=stream)
        except logs.exceptions.ResourceNotFoundException:
            LOG.warning("the log group %s of an access log does not exist", group)
            return
        logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=entries)
