"""What differs between the stages, as values. Constructs ask for these and never for the stage's name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from aws_cdk import Environment, RemovalPolicy
from aws_cdk.aws_logs import RetentionDays

from cdk_app.catalogue import SERVICES, Service

Architecture = Literal["x86_64", "arm64"]
"""As Lambda writes it."""

DEPLOYED: tuple[Service, ...] = tuple(SERVICES.values())
"""The services that run."""


@dataclass(frozen=True, kw_only=True)
class NetworkConfig:
    """`zones` decides how many subnets there are: everything with a copy a zone follows it."""

    cidr: str
    zones: tuple[str, ...]
    locked_down: bool
    """Flow logs, a closed default security group, and AWS's own APIs only through VPC endpoints."""


@dataclass(frozen=True, kw_only=True)
class DatabaseConfig:
    instance_type: str
    storage_gib: int
    max_storage_gib: int | None
    multi_az: bool
    backup_days: int
    deletion_protection: bool
    observed: bool
    """Enhanced monitoring, Performance Insights and the server's log in CloudWatch."""


@dataclass(frozen=True, kw_only=True)
class BrokerConfig:
    """`brokers` must be a multiple of the network's zones (MSK refuses anything else)."""

    instance_type: str
    brokers: int
    storage_gib: int
    replication_factor: int
    min_insync_replicas: int
    iam: bool
    """TLS and IAM authentication; without it clients speak plain text and nobody asks who they are."""

    @property
    def security(self) -> str:
        """The services' `KAFKA_SECURITY` setting."""
        return "SASL_IAM" if self.iam else "PLAINTEXT"

    @property
    def port(self) -> int:
        """MSK's port for that kind of client (MSK Developer Guide, "Port information")."""
        return 9098 if self.iam else 9092


@dataclass(frozen=True, kw_only=True)
class ServiceConfig:
    cpu: int
    memory_mib: int
    desired: int
    maximum: int
    base_image: str | None
    """What the service images descend from, when it is not the Dockerfile's own default."""


@dataclass(frozen=True, kw_only=True)
class ApiConfig:
    """Throttling is a sustained rate and a burst in requests, for the whole API."""

    rate: int
    burst: int
    url: str | None
    """Where clients reach the API when that is not its endpoint: LocalStack's path needs no name resolution."""


@dataclass(frozen=True, kw_only=True)
class StageConfig:
    name: str
    prefix: str
    env: Environment
    network: NetworkConfig
    database: DatabaseConfig
    broker: BrokerConfig
    service: ServiceConfig
    api: ApiConfig
    email_sender: str
    log_retention: RetentionDays
    removal: RemovalPolicy
    architecture: Architecture
    """The processor that Lambda functions run on."""
    encrypt: bool
    """Encrypt data at rest with a key of our own instead of AWS's."""
    watched: bool
    """Alarms and autoscaling."""
    nag: bool
    """Check against the cdk-nag packs while synthesising."""
    services: tuple[Service, ...] = DEPLOYED

    def stack_name(self, stack: str) -> str:
        """`pms-network` locally, `pms-prod-network` in production."""
        return f"{self.prefix}-{stack}"


def local(*, architecture: Architecture = "x86_64") -> StageConfig:
    """LocalStack's account, and sizes for a developer's machine, whose processor Lambda functions run on."""
    return StageConfig(
        name="local",
        prefix="pms",
        env=Environment(account="000000000000", region="us-east-1"),
        network=NetworkConfig(cidr="10.42.0.0/16", zones=("us-east-1a", "us-east-1b"), locked_down=False),
        database=DatabaseConfig(
            instance_type="t4g.micro",
            storage_gib=20,
            max_storage_gib=None,
            multi_az=False,
            backup_days=0,
            deletion_protection=False,
            observed=False,
        ),
        broker=BrokerConfig(
            instance_type="kafka.t3.small",
            brokers=2,
            storage_gib=10,
            replication_factor=1,
            min_insync_replicas=1,
            iam=False,
        ),
        service=ServiceConfig(cpu=256, memory_mib=512, desired=1, maximum=1, base_image="pms/base:latest"),
        api=ApiConfig(rate=50_000, burst=25_000, url="http://localhost:4566/_aws/execute-api/pms"),
        email_sender="no-reply@pms.example",
        log_retention=RetentionDays.ONE_WEEK,
        removal=RemovalPolicy.DESTROY,
        architecture=architecture,
        encrypt=False,
        watched=False,
        nag=False,
    )


def prod(*, account: str | None, region: str, services: tuple[Service, ...] = DEPLOYED) -> StageConfig:
    """Production sizes, in three zones of `region`. Without `account` the templates fit any account."""
    return StageConfig(
        name="prod",
        prefix="pms-prod",
        env=Environment(account=account, region=region),
        network=NetworkConfig(cidr="10.40.0.0/16", zones=(f"{region}a", f"{region}b", f"{region}c"), locked_down=True),
        database=DatabaseConfig(
            instance_type="m7g.large",
            storage_gib=100,
            max_storage_gib=1_000,
            multi_az=True,
            backup_days=35,
            deletion_protection=True,
            observed=True,
        ),
        broker=BrokerConfig(
            instance_type="kafka.m7g.large",
            brokers=3,
            storage_gib=250,
            replication_factor=3,
            min_insync_replicas=2,
            iam=True,
        ),
        service=ServiceConfig(cpu=512, memory_mib=1024, desired=3, maximum=12, base_image=None),
        api=ApiConfig(rate=2_000, burst=1_000, url=None),
        email_sender="no-reply@pms.example",
        log_retention=RetentionDays.ONE_YEAR,
        removal=RemovalPolicy.RETAIN,
        architecture="x86_64",
        encrypt=True,
        watched=True,
        nag=True,
        services=services,
    )
