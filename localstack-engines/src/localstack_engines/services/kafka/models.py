"""Clusters, configurations and operations as the local MSK remembers them."""

import secrets
import string
import threading
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from localstack_engines.services.kafka.engine.cluster import KafkaCluster
from localstack_engines.toolkit.log_shipping.follower import LogFollower

# https://docs.aws.amazon.com/msk/1.0/apireference/clusters-clusterarn.html
CREATING = "CREATING"
ACTIVE = "ACTIVE"
UPDATING = "UPDATING"
REBOOTING = "REBOOTING_BROKER"
HEALING = "HEALING"
DELETING = "DELETING"
FAILED = "FAILED"


def now() -> datetime:
    return datetime.now(UTC)


def new_version() -> str:
    """A version mark as MSK gives them, which every update changes."""
    return "K" + "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(13))


def new_arn(account: str, region: str, kind: str, name: str) -> str:
    return f"arn:aws:kafka:{region}:{account}:{kind}/{name}/{uuid.uuid4()}-{secrets.randbelow(20) + 1}"


@dataclass
class Revision:
    """One state of a configuration."""

    number: int
    properties: str
    description: str = ""
    created: datetime = field(default_factory=now)


@dataclass
class Configuration:
    """Named broker properties with their history."""

    arn: str
    name: str
    kafka_versions: list[str]
    revisions: list[Revision]
    description: str = ""
    created: datetime = field(default_factory=now)

    @property
    def latest(self) -> Revision:
        return self.revisions[-1]

    def revision(self, number: int) -> Revision | None:
        return next((revision for revision in self.revisions if revision.number == number), None)


@dataclass
class Operation:
    """A change of a cluster, for DescribeClusterOperation."""

    arn: str
    cluster_arn: str
    kind: str
    source: dict[str, Any]
    target: dict[str, Any]
    created: datetime = field(default_factory=now)
    ended: datetime | None = None
    state: str = "UPDATE_IN_PROGRESS"
    error: str = ""


@dataclass
class Cluster:
    """A cluster: what was asked for (``provisioned``, in the API's words) and the brokers that run."""

    arn: str
    name: str
    kafka: KafkaCluster
    provisioned: dict[str, Any]
    kafka_version: str
    tags: dict[str, str]
    configuration: dict[str, Any] | None = None
    state: str = CREATING
    failure: str = ""
    version: str = field(default_factory=new_version)
    created: datetime = field(default_factory=now)
    policy: tuple[str, str] | None = None
    followers: list[LogFollower] = field(default_factory=list)
    # One change at a time: a delete waits until the create that it overtook is through.
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @property
    def log_group(self) -> str | None:
        """The CloudWatch log group that the brokers' logs go to, if any."""
        logs = ((self.provisioned.get("LoggingInfo") or {}).get("BrokerLogs") or {}).get("CloudWatchLogs") or {}
        return logs.get("LogGroup") if logs.get("Enabled") else None

    @property
    def status(self) -> str:
        """MSK's word for the state; a cluster whose brokers recover from a crash is healing."""
        if self.state == ACTIVE and not self.kafka.ready:
            return HEALING
        return self.state

    @property
    def brokers_asked(self) -> int:
        return int(self.provisioned["NumberOfBrokerNodes"])
