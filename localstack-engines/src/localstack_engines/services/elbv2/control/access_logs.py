"""Access logs of Application Load Balancers in S3, under the names that AWS gives them. Their requests are counted."""

import gzip
import logging
import secrets
import threading
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from localstack_engines.services.elbv2 import store as records
from localstack_engines.services.elbv2.control.access_log_line import line
from localstack_engines.services.elbv2.control.request_metrics import RequestMetrics, pool_name
from localstack_engines.services.elbv2.engine.log_receiver import LogReceiver
from localstack_engines.services.elbv2.errors import invalid_configuration
from localstack_engines.services.elbv2.models import LoadBalancer
from localstack_engines.services.elbv2.store import Store

LOG = logging.getLogger(__name__)

_INTERVAL = 60.0
"""Seconds between two files of a load balancer; AWS writes them every five minutes."""
_MOST_LINES = 100_000
"""Lines that wait for the next file. Further ones are dropped."""


class AccessLogs:
    """Counts the requests of load balancers, and writes those whose logs are enabled to their buckets."""

    def __init__(self, store: Store, metrics: RequestMetrics) -> None:
        self._store = store
        self._metrics = metrics
        self._lines: dict[str, list[str]] = defaultdict(list)
        self._lock = threading.Lock()
        self._receiver: LogReceiver | None = None
        self._stopped = threading.Event()

    def port(self, balancer: LoadBalancer) -> int | None:
        """Returns the port to which a load balancer sends a line for each request, None for one of streams."""
        if not balancer.is_application:
            return None
        with self._lock:
            if self._receiver is None:
                self._receiver = LogReceiver(self._received)
                threading.Thread(target=self._write_regularly, name="elbv2-access-log-files", daemon=True).start()
            return self._receiver.port

    def check(self, balancer: LoadBalancer) -> None:
        """Writes AWS's test file, if the logs are enabled. Raises InvalidConfigurationRequest when that fails."""
        if not is_on(balancer):
            return
        bucket = balancer.attributes["access_logs.s3.bucket"]
        key = f"{_prefix(balancer)}AWSLogs/{balancer.scope.account}/ELBAccessLogTestFile"
        try:
            _client(balancer).put_object(Bucket=bucket, Key=key, Body=b"Enable AccessLog for ELB")
        except (ClientError, BotoCoreError) as error:
            message = f"Access Denied for bucket: {bucket}. Please check S3bucket permission: {error}"
            raise invalid_configuration(message) from error

    def write(self, balancer: LoadBalancer) -> None:
        """Writes the lines of a load balancer that are not in a file yet."""
        with self._lock:
            found = self._lines.pop(balancer.arn, [])
        if not found:
            return
        content = gzip.compress("".join(f"{one}\n" for one in found).encode())
        try:
            bucket = balancer.attributes["access_logs.s3.bucket"]
            _client(balancer).put_object(Bucket=bucket, Key=_key(balancer), Body=content)
        except (ClientError, BotoCoreError) as error:
            LOG.warning("the access log of %s cannot be written: %s", balancer.arn, error)

    def stop(self) -> None:
        self._stopped.set()
        if self._receiver is not None:
            self._receiver.close()

    def _received(self, address: str, entry: dict[str, Any]) -> None:
        balancer = next((one for one in self._store.load_balancers() if one.interface.address == address), None)
        if balancer is None:
            return
        self._metrics.count(balancer, entry)
        # A load balancer sends short lines until it serves the change that enables its log.
        if not is_on(balancer) or "uri" not in entry:
            return
        groups = {pool_name(arn): arn for arn in records.target_groups_of(balancer)}
        text = line(balancer, groups, entry)
        with self._lock:
            lines = self._lines[balancer.arn]
            if len(lines) < _MOST_LINES:
                lines.append(text)

    def _write_regularly(self) -> None:
        while not self._stopped.wait(_INTERVAL):
            for balancer in self._store.load_balancers():
                self.write(balancer)


def is_on(balancer: LoadBalancer) -> bool:
    """Whether the access log of a load balancer is enabled."""
    return balancer.attributes.get("access_logs.s3.enabled") == "true" and balancer.is_application


def _prefix(balancer: LoadBalancer) -> str:
    prefix = balancer.attributes.get("access_logs.s3.prefix") or ""
    return f"{prefix}/" if prefix else ""


def _key(balancer: LoadBalancer) -> str:
    scope, now = balancer.scope, datetime.now(UTC)
    name = ".".join(balancer.path)
    file = f"{scope.account}_elasticloadbalancing_{scope.region}_{name}_{now:%Y%m%dT%H%MZ}_{balancer.interface.address}"
    folder = f"{_prefix(balancer)}AWSLogs/{scope.account}/elasticloadbalancing/{scope.region}/{now:%Y/%m/%d}"
    return f"{folder}/{file}_{secrets.token_hex(4)}.log.gz"


def _client(balancer: LoadBalancer) -> Any:
    from localstack.aws.connect import connect_to

    return connect_to(aws_access_key_id=balancer.scope.account, region_name=balancer.scope.region).s3
