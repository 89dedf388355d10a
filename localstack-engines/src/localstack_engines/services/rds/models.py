"""What the local RDS knows about an instance beyond moto's record of it."""

import secrets
import string
import threading
from dataclasses import dataclass, field

from localstack_engines.services.rds.engine.postgres import PostgresServer
from localstack_engines.toolkit.log_shipping.follower import LogFollower

# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/accessing-monitoring.html
CREATING = "creating"
AVAILABLE = "available"
STARTING = "starting"
STOPPING = "stopping"
STOPPED = "stopped"
REBOOTING = "rebooting"
RESETTING = "resetting-master-credentials"
DELETING = "deleting"
FAILED = "failed"

IN_SYNC = "in-sync"
PENDING_REBOOT = "pending-reboot"

Key = tuple[str, str, str]
"""Account, region, DB instance identifier (always lower case)."""


@dataclass
class Instance:
    """A DB instance's server and where it is in its life."""

    key: Key
    server: PostgresServer
    master_username: str
    state: str = CREATING
    failure: str = ""
    parameter_status: str = IN_SYNC
    settings: dict[str, str] = field(default_factory=dict)
    resource_id: str = field(default_factory=lambda: "db-" + _random_upper(26))
    follower: LogFollower | None = None
    # One change at a time: a delete waits until the create that it overtook is through.
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @property
    def identifier(self) -> str:
        return self.key[2]

    @property
    def port(self) -> int:
        return self.server.spec.port

    def stop_follower(self) -> None:
        """End the log's export, if there is one."""
        if self.follower is not None:
            self.follower.stop()
            self.follower = None

    @property
    def status(self) -> str:
        """RDS's word for the state; a server that recovers from a crash is not available meanwhile."""
        if self.state == AVAILABLE and not self.server.ready:
            return REBOOTING
        return self.state


def _random_upper(length: int) -> str:
    return "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(length))
