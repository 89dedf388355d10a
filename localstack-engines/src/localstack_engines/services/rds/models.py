"""A DB instance with its server, and the parts of moto's records that the operations need."""

import secrets
import string
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from localstack_engines.services.rds.engine.postgres import PostgresServer
from localstack_engines.toolkit.log_shipping.follower import LogFollower

if TYPE_CHECKING:
    from localstack_engines.services.rds.cluster_models import Cluster

# Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html
CREATING = "creating"
AVAILABLE = "available"
STARTING = "starting"
STOPPING = "stopping"
STOPPED = "stopped"
REBOOTING = "rebooting"
MODIFYING = "modifying"
RESETTING = "resetting-master-credentials"
DELETING = "deleting"
FAILED = "failed"

IN_SYNC = "in-sync"
PENDING_REBOOT = "pending-reboot"

Key = tuple[str, str, str]
"""Account, region and identifier (in lower case) of a DB instance or a snapshot."""


@dataclass
class Instance:
    """A DB instance's server and its state."""

    key: Key
    server: PostgresServer
    master_username: str
    state: str = CREATING
    failure: str = ""
    complete: bool = False
    """Whether it was created: its data directory is whole, whatever became of its server since."""
    parameter_status: str = IN_SYNC
    parameters: dict[str, str] = field(default_factory=dict)
    pending: dict[str, Any] = field(default_factory=dict)
    """Changes that wait for the maintenance window, by ModifyDBInstance's members."""
    pending_since: datetime | None = None
    primary: "Instance | None" = None
    """The instance that this one is a read replica of, or the writer of the cluster that it is a reader of."""
    cluster: "Cluster | None" = None
    """The cluster that this instance is a member of."""
    promotion_tier: int = 1
    iam_authentication: bool = False
    """Whether roles may log in with a token of IAM. For a member of a cluster, its cluster says so."""
    resource_id: str = field(default_factory=lambda: "db-" + random_upper(26))
    log_followers: dict[str, LogFollower] = field(default_factory=dict)
    """The exports of its logs, by the logs' types."""
    # Held during a change. A deletion waits until a creation that is under way has ended.
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @property
    def identifier(self) -> str:
        return self.key[2]

    @property
    def port(self) -> int:
        return self.server.spec.port

    @property
    def token_logins(self) -> bool:
        """Whether roles may log in to the server with a token of IAM."""
        return self.cluster.iam_authentication if self.cluster else self.iam_authentication

    def take_pending(self) -> dict[str, Any]:
        """Returns the changes that wait for the maintenance window, and forgets them."""
        taken, self.pending, self.pending_since = self.pending, {}, None
        return taken

    @property
    def status(self) -> str:
        """RDS's name of the state. An instance whose server recovers from a crash counts as rebooting."""
        if self.state == AVAILABLE and not self.server.ready:
            return REBOOTING
        return self.state


@dataclass(frozen=True, kw_only=True)
class InstanceRecord:
    """What moto remembers of a DB instance, as far as it is needed here."""

    master_username: str
    manages_master_password: bool
    engine: str
    engine_version: str
    storage_type: str
    allocated_storage: int
    log_exports: tuple[str, ...]
    maintenance_window: str
    backup_retention: int
    parameter_group: str
    multi_az: bool
    monitoring: Mapping[str, Any]
    """The settings of Enhanced Monitoring and Performance Insights, by DBInstance's members."""
    members: Mapping[str, Any]
    """What an instance that is restored from this one gets, by CreateDBInstance's members."""


@dataclass(frozen=True)
class SnapshotRecord:
    """A snapshot: its key, and what a restored instance gets, by CreateDBInstance's members."""

    key: Key
    members: Mapping[str, Any]


@dataclass(frozen=True)
class ParameterGroup:
    """A DB parameter group: `parameters` has the values that were set, by name, in DescribeDBParameters' form."""

    name: str
    family: str
    parameters: dict[str, dict[str, Any]]

    @property
    def is_default(self) -> bool:
        return self.name.startswith("default.")

    @property
    def values(self) -> dict[str, str]:
        """The values by parameter name."""
        return {
            name: str(parameter["ParameterValue"])
            for name, parameter in self.parameters.items()
            if parameter.get("ParameterValue") is not None
        }


def random_upper(length: int) -> str:
    """Returns random capital letters and digits, as resource ids have them."""
    return "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(length))
