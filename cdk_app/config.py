"""The types of a stage's configuration. Constructs read these values and never the name of the stage."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from aws_cdk import Environment, RemovalPolicy
from aws_cdk.aws_logs import RetentionDays

Architecture = Literal["x86_64", "arm64"]
"""The processor of a Lambda function, as Lambda spells it."""


@dataclass(frozen=True, kw_only=True)
class NetworkConfig:
    """The VPC. It has one private subnet in each of `zones`."""

    cidr: str
    zones: tuple[str, ...]
    flow_logs: bool
    """Whether the VPC's traffic is logged."""
    restrict_default_security_group: bool
    """Whether the VPC's default security group loses its rules. This needs a custom resource."""
    aws_api_endpoints: bool
    """Whether the VPC has endpoints for the AWS APIs that the system calls."""


@dataclass(frozen=True, kw_only=True)
class DatabaseConfig:
    """Each service's database."""

    instance_type: str
    storage_gib: int
    max_storage_gib: int | None
    """The limit of storage autoscaling. `None` turns autoscaling off."""
    multi_az: bool
    backup_days: int
    """How long automated backups are kept. 0 turns them off."""
    delete_automated_backups: bool
    """Whether deleting the instance deletes its automated backups."""
    deletion_protection: bool
    """Whether RDS refuses to delete the instance."""
    iam_authentication: bool
    """Whether services log in with tokens of IAM over verified TLS. Otherwise they have passwords."""
    export_logs: bool
    """Whether the server's logs go to CloudWatch Logs."""
    enhanced_monitoring: bool
    performance_insights: bool


@dataclass(frozen=True, kw_only=True)
class BrokerConfig:
    """The MSK cluster. `brokers` must be a multiple of the number of zones, or MSK refuses to create it."""

    instance_type: str
    brokers: int
    storage_gib: int
    """Storage of each broker."""
    replication_factor: int
    min_insync_replicas: int
    iam_authentication: bool
    """Whether clients connect with TLS and authenticate with IAM. Otherwise they use plain text and stay anonymous."""
    monitoring_level: Literal["DEFAULT", "PER_BROKER"]

    @property
    def security(self) -> str:
        """The value of the services' `KAFKA_SECURITY` setting."""
        return "SASL_IAM" if self.iam_authentication else "PLAINTEXT"

    @property
    def port(self) -> int:
        """The port that clients connect to (MSK Developer Guide, "Port information")."""
        return 9098 if self.iam_authentication else 9092


@dataclass(frozen=True, kw_only=True)
class ServiceConfig:
    """Each Fargate service."""

    cpu: int
    """CPU units of a task; 1,024 are one vCPU."""
    memory_mib: int
    desired_count: int
    max_count: int | None
    """The limit of autoscaling. `None` turns autoscaling off."""
    container_insights: bool
    base_image: str | None
    """The base of the service images. `None` means the default in `services/Dockerfile`."""


@dataclass(frozen=True, kw_only=True)
class DiscoveryConfig:
    """The discovery Lambda function."""

    architecture: Architecture
    in_vpc: bool
    """Whether the function runs in the private subnets. It then needs `NetworkConfig.aws_api_endpoints`."""
    reserved_concurrency: int | None
    """The most executions at a time. `None` means that the function shares the account's limit."""


@dataclass(frozen=True, kw_only=True)
class ApiConfig:
    """The HTTP API. Its throttling limits apply to all routes together."""

    rate_limit: int
    """Sustained requests per second."""
    burst_limit: int
    """The most requests in a burst."""
    detailed_metrics: bool
    """Whether CloudWatch has metrics for each route."""
    url: str | None
    """The URL that clients use. `None` means the API's own endpoint."""


@dataclass(frozen=True, kw_only=True)
class StageConfig:
    """All values in which stages differ."""

    name: str
    prefix: str
    """The start of the names of stacks and resources. It keeps stages apart in one account."""
    env: Environment
    network: NetworkConfig
    database: DatabaseConfig
    broker: BrokerConfig
    service: ServiceConfig
    discovery: DiscoveryConfig
    api: ApiConfig
    email_sender: str
    log_retention: RetentionDays
    audit_retention: RetentionDays
    """How long the anchors of the audit logs are kept. What they anchored before can then only be checked by itself."""
    removal_policy: RemovalPolicy
    """What happens to stateful resources that are removed from a stack."""
    termination_protection: bool
    """Whether CloudFormation refuses to delete the stacks."""
    customer_managed_key: bool
    """Whether a KMS key of this account encrypts data at rest. Otherwise AWS's own keys do."""
    alarms: bool
    """Whether CloudWatch alarms watch databases, services and the API."""
    nag: bool
    """Whether the synthesis checks the stacks with cdk-nag."""

    @property
    def email_domain(self) -> str:
        """The domain of `email_sender`."""
        return self.email_sender.partition("@")[2]

    def stack_name(self, name: str) -> str:
        """Returns the full name of the stack `name`, for instance `pms-network` or `pms-prod-network`."""
        return f"{self.prefix}-{name}"
