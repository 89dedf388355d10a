"""A DB cluster with its members and endpoints, its snapshots and its parameter groups."""

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from localstack_engines.services.rds import models
from localstack_engines.services.rds.engine.relay import Relay
from localstack_engines.services.rds.models import Instance, Key, ParameterGroup, random_upper
from localstack_engines.toolkit import settings

# Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/accessing-monitoring.html
FAILING_OVER = "failing-over"

MANUAL = "manual"


@dataclass
class CustomEndpoint:
    """A custom endpoint. It has the static members, or all members but the excluded ones."""

    name: str
    arn: str
    kind: str
    """READER or ANY."""
    static: list[str] = field(default_factory=list)
    excluded: list[str] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    resource_id: str = field(default_factory=lambda: "cluster-endpoint-" + random_upper(26))

    @property
    def address(self) -> str:
        return f"{self.name}.cluster-custom.{settings.endpoint_host()}"


@dataclass(kw_only=True)
class Cluster:
    """A DB cluster. Its writer is a PostgreSQL server, and its readers are standbys of it."""

    key: Key
    engine: str
    engine_version: str
    master_username: str
    master_password: str | None
    """None when nobody has said it: a restored cluster has the password of its source."""
    database: str | None
    parameter_group: str
    relay: Relay
    recorded: dict[str, Any]
    """What DescribeDBClusters answers back, by its members."""
    state: str = models.CREATING
    failure: str = ""
    members: list[Instance] = field(default_factory=list)
    volume: Key | None = None
    """The data that the first member starts with: that of a snapshot, or of the last member that there was."""
    endpoints: dict[str, CustomEndpoint] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    secret: Any = None
    """The managed master password, which moto's record of a secret has."""
    resource_id: str = field(default_factory=lambda: "cluster-" + random_upper(26))
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    # Held while members come, go or change places. A thread that holds a member's lock must not ask for it.
    lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    @property
    def identifier(self) -> str:
        return self.key[2]

    @property
    def arn(self) -> str:
        account, region, identifier = self.key
        return f"arn:aws:rds:{region}:{account}:cluster:{identifier}"

    @property
    def iam_authentication(self) -> bool:
        """Whether roles may log in to the members with a token of IAM."""
        return bool(self.recorded["IAMDatabaseAuthenticationEnabled"])

    @property
    def writer(self) -> Instance | None:
        return next((member for member in self.members if member.primary is None), None)

    @property
    def readers(self) -> list[Instance]:
        return [member for member in self.members if member.primary is not None]

    @property
    def reader_address(self) -> str:
        return f"{self.identifier}.cluster-ro.{settings.endpoint_host()}"

    def routes(self) -> dict[str, list[list[int]]]:
        """Returns the groups of ports behind each endpoint's name; "" is the cluster endpoint.

        The reader endpoint leads to the writer when there is no reader, as on AWS.
        """
        writer = [self.writer.port] if self.writer else []
        found = {"": [writer], self.reader_address: [[reader.port for reader in self.readers], writer]}
        for endpoint in list(self.endpoints.values()):
            among = self.readers if endpoint.kind == "READER" else self.members
            found[endpoint.address] = [[member.port for member in among if _belongs(member, endpoint)]]
        return found


def _belongs(member: Instance, endpoint: CustomEndpoint) -> bool:
    if endpoint.static:
        return member.identifier in endpoint.static
    return member.identifier not in endpoint.excluded


@dataclass(kw_only=True)
class ClusterSnapshot:
    """A snapshot of a cluster: what a restored cluster has from it. `restorers` are accounts that may restore it."""

    key: Key
    cluster: str
    cluster_resource_id: str
    cluster_created: datetime
    engine: str
    engine_version: str
    master_username: str
    database: str | None
    port: int
    recorded: dict[str, Any]
    tags: dict[str, str] = field(default_factory=dict)
    restorers: list[str] = field(default_factory=list)
    source_arn: str | None = None
    master_password: str | None = None
    """Of a cluster without data, which never had an instance: the first one makes the user. Else the data has it."""
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def arn(self) -> str:
        account, region, identifier = self.key
        return f"arn:aws:rds:{region}:{account}:cluster-snapshot:{identifier}"

    @property
    def data(self) -> Key:
        """The key of the copied data. No DB snapshot can have it."""
        account, region, identifier = self.key
        return account, region, f"cluster:{identifier}"


@dataclass(frozen=True)
class ClusterParameterGroup(ParameterGroup):
    """A DB cluster parameter group."""

    arn: str
    description: str
    tags: dict[str, str] = field(default_factory=dict)
