"""The records of clusters, configurations and cluster operations."""

import secrets
import string
import threading
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from localstack_engines.services.kafka.engine.cluster import KafkaCluster
from localstack_engines.toolkit.log_shipping.follower import LogFollower

# Source: https://docs.aws.amazon.com/msk/1.0/apireference/clusters-clusterarn.html
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
    """Returns a version id in MSK's form. A cluster gets a new one with every update."""
    return "K" + "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(13))


def new_arn(account: str, region: str, resource_type: str, name: str) -> str:
    return f"arn:aws:kafka:{region}:{account}:{resource_type}/{name}/{uuid.uuid4()}-{secrets.randbelow(20) + 1}"


@dataclass
class Revision:
    """A revision of a configuration; `properties` is the text of its `server.properties`."""

    number: int
    properties: str
    description: str = ""
    created: datetime = field(default_factory=now)


@dataclass
class Configuration:
    """Named broker properties, with all their revisions in order."""

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
    """A change of a cluster, as `DescribeClusterOperation` reports it."""

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
    """A cluster: the request in the API's spelling (`provisioned`) and the brokers that run."""

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
    """The version and the text of the cluster policy."""
    last_operation: Operation | None = None
    scram_secrets: list[str] = field(default_factory=list)
    """The ARNs of the secrets that hold users, in the order of their association."""
    followers: list[LogFollower] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    """Held during a change. A deletion waits until a creation that is under way has ended."""

    @property
    def account(self) -> str:
        return self.arn.split(":")[4]

    @property
    def region(self) -> str:
        return self.arn.split(":")[3]

    @property
    def active_operation(self) -> str | None:
        """The ARN of the cluster operation that is in progress, or None."""
        return self.last_operation.arn if self.last_operation and self.last_operation.ended is None else None

    @property
    def log_group(self) -> str | None:
        """The CloudWatch log group of the brokers' logs, or None when they are not sent."""
        logs = ((self.provisioned.get("LoggingInfo") or {}).get("BrokerLogs") or {}).get("CloudWatchLogs") or {}
        return logs.get("LogGroup") if logs.get("Enabled") else None

    @property
    def status(self) -> str:
        """The state that the API reports: `HEALING` while brokers of an active cluster recover from a crash."""
        if self.state == ACTIVE and not self.kafka.ready:
            return HEALING
        return self.state

    @property
    def requested_brokers(self) -> int:
        return int(self.provisioned["NumberOfBrokerNodes"])

    @property
    def zones(self) -> int:
        """The number of Availability Zones: one for each subnet."""
        return len(self.provisioned["BrokerNodeGroupInfo"]["ClientSubnets"])
