"""Access logs of stages: HAProxy's lines, in the stage's own format, to CloudWatch Logs.

Source of the variables:
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging-variables.html
"""

import json
import logging
import os
import queue
import re
import socket
import threading
import time
from pathlib import Path
from typing import Any

from localstack_engines.services.apigatewayv2 import store as records

LOG = logging.getLogger(__name__)

_VARIABLE = re.compile(r"\$context\.([A-Za-z][\w.]*\w)")
_RECEIVE_BUFFER = 8 * 1024 * 1024
_BATCH = 500
_LINGER = 0.2


class AccessLogs:
    """Receives lines on a datagram socket; a second thread writes them in batches."""

    def __init__(self, socket_path: Path) -> None:
        self._path = socket_path
        self._lines: queue.Queue[dict | None] = queue.Queue(maxsize=100_000)
        self._socket: socket.socket | None = None

    def start(self) -> None:
        self._path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER)
        self._socket.bind(str(self._path))
        os.chmod(self._path, 0o600)  # noqa: PTH101 (a socket, not a file)
        threading.Thread(target=self._receive, args=(self._socket,), name="access-log-in", daemon=True).start()
        threading.Thread(target=self._write, name="access-log-out", daemon=True).start()

    def stop(self) -> None:
        if self._socket is not None:
            self._socket.close()
        self._lines.put(None)
        self._path.unlink(missing_ok=True)

    def _receive(self, source: socket.socket) -> None:
        while True:
            try:
                datagram = source.recv(65536)
            except OSError:
                return
            try:
                self._lines.put_nowait(json.loads(datagram.rstrip(b"\0\n")))
            except (ValueError, queue.Full) as error:
                LOG.debug("access log line dropped: %s", error)

    def _write(self) -> None:
        while (first := self._lines.get()) is not None:
            batch = [first]
            deadline = time.monotonic() + _LINGER
            while len(batch) < _BATCH and (left := deadline - time.monotonic()) > 0:
                try:
                    line = self._lines.get(timeout=left)
                except queue.Empty:
                    break
                if line is None:
                    break
                batch.append(line)
            try:
                _put(batch)
            except Exception:
                LOG.exception("access logs could not be written")


def render(template: str, values: dict[str, Any]) -> str:
    """The stage's format with its variables filled in; unknown ones become "-"."""
    return _VARIABLE.sub(lambda found: str(values.get(found[1]) or "-"), template)


def _put(batch: list[dict]) -> None:
    """Writes each stage's lines to its log group, one stream for each stage."""
    groups: dict[tuple[str, str, str, str], list[dict]] = {}
    apis = {api.api_id: (account, api) for account, _, api in records.all_apis()}
    for line in batch:
        account, api = apis.get(line.get("apiId") or "", ("", None))
        stage = api.stages.get(line.get("stage")) if api else None
        target = (stage.access_log_settings or {}) if stage else {}
        if not target.get("destinationArn"):
            continue
        _, _, _, region, owner, _, group, *_ = target["destinationArn"].split(":")
        entry = {
            "timestamp": int(line.get("startedMs") or time.time() * 1000),
            "message": render(target.get("format") or "", _values(account, line)),
        }
        groups.setdefault((owner, region, group, f"{line['apiId']}/{line['stage']}"), []).append(entry)
    for (owner, region, group, stream), entries in groups.items():
        _put_events(owner, region, group, stream.replace(":", "_").replace("*", "_"), entries)


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


def _values(account: str, line: dict) -> dict[str, Any]:
    started = int(line.get("startedMs") or 0) / 1000
    clock = time.gmtime(started)
    match = (line.get("match") or "").split("|")
    latency = line.get("integrationLatencyMs")
    values: dict[str, Any] = {
        "accountId": account,
        "apiId": line.get("apiId"),
        "domainName": line.get("domainName"),
        "domainPrefix": line.get("apiId"),
        "extendedRequestId": line.get("requestId"),
        "httpMethod": line.get("httpMethod"),
        "identity.sourceIp": line.get("sourceIp"),
        "identity.userAgent": line.get("userAgent"),
        "integration.latency": latency,
        "integration.status": line.get("integrationStatus"),
        "integrationLatency": latency,
        "integrationStatus": line.get("integrationStatus"),
        "path": line.get("path"),
        "protocol": line.get("protocol"),
        "requestId": line.get("requestId"),
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", clock),
        "requestTimeEpoch": int(started),
        "responseLatency": line.get("latencyMs"),
        "responseLength": line.get("bytesOut"),
        "routeKey": match[-1].replace("_", " ", 1) if len(match) > 1 else None,
        "stage": line.get("stage"),
        "status": line.get("status"),
    }
    for source, prefix in (("claims", "authorizer.claims."), ("authorizer", "authorizer.")):
        try:
            found = json.loads(line.get(source) or "{}")
        except ValueError:
            continue
        values.update({prefix + key: value for key, value in found.items()} if isinstance(found, dict) else {})
    return values
