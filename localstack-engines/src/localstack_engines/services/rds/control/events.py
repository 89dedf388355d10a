"""RDS's events: which exist, which happened, and the subscriptions that send them to SNS topics.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Events.Messages.html
"""

import json
import logging
import threading
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

LOG = logging.getLogger(__name__)

CLUSTER = "db-cluster"
CLUSTER_SNAPSHOT = "db-cluster-snapshot"
INSTANCE = "db-instance"
SNAPSHOT = "db-snapshot"
PARAMETER_GROUP = "db-parameter-group"

CATEGORIES: Mapping[str, tuple[str, ...]] = {
    CLUSTER: (
        "configuration change", "creation", "deletion", "failover", "failure", "global failover", "maintenance",
        "migration", "notification", "serverless",
    ),
    CLUSTER_SNAPSHOT: ("backup", "notification"),
    INSTANCE: (
        "availability", "backup", "configuration change", "creation", "deletion", "failover", "failure", "low storage",
        "maintenance", "notification", "read replica", "recovery", "restoration", "security", "security patching",
    ),
    PARAMETER_GROUP: ("configuration change",),
    SNAPSHOT: ("creation", "deletion", "notification", "restoration"),
}  # fmt: skip
"""The categories of each source type that exists here."""

_KEPT_EVENTS = 5_000
"""AWS keeps events for 14 days; a local run has fewer than this."""

_LINK = "http://docs.amazonwebservices.com/AmazonRDS/latest/UserGuide/USER_Events.html#"


@dataclass(frozen=True)
class Kind:
    """A kind of event, with AWS's number. A message may have `{}` for what the event is about."""

    number: str
    source_type: str
    category: str
    message: str


SHUT_DOWN = Kind("0004", INSTANCE, "availability", "DB instance shutdown")
RESTARTED = Kind("0006", INSTANCE, "availability", "DB instance restarted")
CREATED = Kind("0005", INSTANCE, "creation", "DB instance created")
DELETED = Kind("0003", INSTANCE, "deletion", "DB instance deleted")
STOPPED = Kind("0087", INSTANCE, "notification", "DB instance stopped")
STARTED = Kind("0088", INSTANCE, "notification", "DB instance started")
FAILED = Kind("0031", INSTANCE, "failure", "DB instance put into failed state. {}")
MULTI_AZ_FAILOVER_STARTED = Kind("0013", INSTANCE, "failover", "Multi-AZ instance failover started")
MULTI_AZ_FAILOVER_COMPLETED = Kind("0049", INSTANCE, "failover", "Multi-AZ instance failover completed")
RESTORED = Kind("0043", INSTANCE, "restoration", "Restored from snapshot {}")
RESTORED_TO_TIME = Kind("0019", INSTANCE, "restoration", "Restored from DB instance {}")
PROMOTED = Kind("0045", INSTANCE, "read replica", "Replication has stopped: the read replica was promoted")
PASSWORD_RESET = Kind("0016", INSTANCE, "configuration change", "Reset master credentials")
CLASS_CHANGED = Kind("0014", INSTANCE, "configuration change", "Finished applying modification to DB instance class")
STORAGE_CHANGED = Kind("0017", INSTANCE, "configuration change", "Finished applying modification to allocated storage")
UPGRADED = Kind("0270", INSTANCE, "maintenance", "DB engine version upgrade finished: {}")
# AWS has no such event: its servers have the version that was asked for.
SUBSTITUTED = Kind("0000", INSTANCE, "notification", "{}")
CLUSTER_CREATED = Kind("0170", CLUSTER, "creation", "DB cluster created")
CLUSTER_DELETED = Kind("0171", CLUSTER, "deletion", "DB cluster deleted")
CLUSTER_STOPPED = Kind("0150", CLUSTER, "notification", "DB cluster stopped")
CLUSTER_STARTED = Kind("0151", CLUSTER, "notification", "DB cluster started")
FAILOVER_STARTED = Kind("0073", CLUSTER, "failover", "Started failover")
FAILOVER_COMPLETED = Kind("0071", CLUSTER, "failover", "Completed failover to DB instance: {}")
FAILOVER_FAILED = Kind("0069", CLUSTER, "failover", "Cluster failover failed: {}")
CLUSTER_SNAPSHOT_CREATED = Kind("0075", CLUSTER_SNAPSHOT, "backup", "Manual cluster snapshot created")
PARAMETER_CHANGED = Kind("0037", PARAMETER_GROUP, "configuration change", "Updated parameter {}")
SNAPSHOT_CREATED = Kind("0042", SNAPSHOT, "creation", "Manual snapshot created")
SNAPSHOT_DELETED = Kind("0041", SNAPSHOT, "deletion", "Deleted user snapshot")


@dataclass(frozen=True)
class Event:
    """Something that happened to a resource, which `source` names."""

    kind: Kind
    source: str
    source_arn: str
    message: str
    date: datetime


@dataclass
class Subscription:
    """An event subscription. Empty sources or categories mean all of them; without a source type all types."""

    name: str
    arn: str
    topic_arn: str
    source_type: str | None = None
    categories: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    enabled: bool = True
    tags: dict[str, str] = field(default_factory=dict)
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    def wants(self, event: Event) -> bool:
        return (
            self.enabled
            and self.source_type in (None, event.kind.source_type)
            and (not self.sources or event.source in self.sources)
            and (not self.categories or event.kind.category in self.categories)
        )


Publish = Callable[[str, str, str], None]
"""Publishes a message to a topic: the topic's ARN, the subject, the text."""


class EventLog:
    """The events and subscriptions of one account in one region."""

    def __init__(self, account: str, region: str, publish: Publish) -> None:
        self.account, self.region = account, region
        self.subscriptions: dict[str, Subscription] = {}
        self._publish = publish
        self._events: deque[Event] = deque(maxlen=_KEPT_EVENTS)
        self._lock = threading.Lock()

    def record(self, kind: Kind, source: str, arn_type: str, about: str = "") -> None:
        """Records an event and sends it to the topics of the subscriptions that want it."""
        arn = f"arn:aws:rds:{self.region}:{self.account}:{arn_type}:{source}"
        event = Event(kind, source, arn, kind.message.format(about).strip(), datetime.now(UTC))
        with self._lock:
            self._events.append(event)
        for subscription in list(self.subscriptions.values()):
            if subscription.wants(event):
                self._send(subscription, event)

    def events(self) -> list[Event]:
        """Returns all events, oldest first."""
        with self._lock:
            return list(self._events)

    def _send(self, subscription: Subscription, event: Event) -> None:
        try:
            self._publish(subscription.topic_arn, "RDS Notification Message", notification(event, self.region))
        except Exception as error:
            # The change itself has succeeded. AWS reports a lost topic in the subscription's status.
            LOG.warning("event subscription %s: cannot publish: %s", subscription.name, error)


def notification(event: Event, region: str) -> str:
    """Returns the text of an event's message, in RDS's form."""
    console = f"https://console.aws.amazon.com/rds/home?region={region}#dbinstance:id={event.source}"
    return json.dumps(
        {
            "Event Source": event.kind.source_type,
            "Event Time": event.date.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3],
            "Identifier Link": console,
            "Source ID": event.source,
            "Source ARN": event.source_arn,
            "Event ID": f"{_LINK}RDS-EVENT-{event.kind.number}",
            "Event Message": event.message,
        }
    )
