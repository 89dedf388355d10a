"""The stages: `local` for LocalStack and `prod` for AWS."""

from __future__ import annotations

from aws_cdk import Environment, RemovalPolicy
from aws_cdk.aws_logs import RetentionDays

from cdk_app.config import (
    ApiConfig,
    Architecture,
    BrokerConfig,
    DatabaseConfig,
    DiscoveryConfig,
    NetworkConfig,
    ServiceConfig,
    StageConfig,
)

EMAIL_SENDER = "no-reply@pms.example"

LOCAL_DATABASE = DatabaseConfig(
    instance_type="t4g.micro",
    storage_gib=20,
    max_storage_gib=None,
    multi_az=False,
    backup_days=0,
    delete_automated_backups=True,
    deletion_protection=False,
    iam_authentication=False,
    export_logs=False,
    enhanced_monitoring=False,
    performance_insights=False,
)

LOCAL_BROKER = BrokerConfig(
    instance_type="kafka.t3.small",
    brokers=2,
    storage_gib=10,
    replication_factor=1,
    min_insync_replicas=1,
    iam_authentication=False,
    monitoring_level="DEFAULT",
)

LOCAL_SERVICE = ServiceConfig(
    cpu=256,
    memory_mib=512,
    desired_count=1,
    max_count=None,
    container_insights=False,
    base_image="pms/base:latest",
)


def local(*, architecture: Architecture = "x86_64") -> StageConfig:
    """Returns the stage for LocalStack: its account, and sizes for a developer's machine.

    `architecture` is that machine's processor, because Lambda functions run on it.
    """
    return StageConfig(
        name="local",
        prefix="pms",
        env=Environment(account="000000000000", region="us-east-1"),
        network=NetworkConfig(
            cidr="10.42.0.0/16",
            zones=("us-east-1a", "us-east-1b"),
            flow_logs=False,
            restrict_default_security_group=False,
            aws_api_endpoints=False,
        ),
        database=LOCAL_DATABASE,
        broker=LOCAL_BROKER,
        service=LOCAL_SERVICE,
        discovery=DiscoveryConfig(architecture=architecture, in_vpc=False, reserved_concurrency=None),
        api=ApiConfig(
            rate_limit=50_000,
            burst_limit=25_000,
            detailed_metrics=False,
            # This path needs no name resolution, unlike the API's endpoint.
            url="http://localhost:4566/_aws/execute-api/pms",
        ),
        email_sender=EMAIL_SENDER,
        log_retention=RetentionDays.ONE_WEEK,
        audit_retention=RetentionDays.ONE_WEEK,
        removal_policy=RemovalPolicy.DESTROY,
        termination_protection=False,
        customer_managed_key=False,
        alarms=False,
        nag=False,
    )


PROD_DATABASE = DatabaseConfig(
    instance_type="m7g.large",
    storage_gib=100,
    max_storage_gib=1_000,
    multi_az=True,
    backup_days=35,
    delete_automated_backups=False,
    deletion_protection=True,
    iam_authentication=True,
    export_logs=True,
    enhanced_monitoring=True,
    performance_insights=True,
)

PROD_BROKER = BrokerConfig(
    instance_type="kafka.m7g.large",
    brokers=3,
    storage_gib=250,
    replication_factor=3,
    min_insync_replicas=2,
    iam_authentication=True,
    monitoring_level="PER_BROKER",
)

PROD_SERVICE = ServiceConfig(
    cpu=512, memory_mib=1024, desired_count=3, max_count=12, container_insights=True, base_image=None
)


def prod(*, account: str | None, region: str) -> StageConfig:
    """Returns the production stage, in three zones of `region`. Without `account`, its templates fit any account."""
    return StageConfig(
        name="prod",
        prefix="pms-prod",
        env=Environment(account=account, region=region),
        network=NetworkConfig(
            cidr="10.40.0.0/16",
            zones=(f"{region}a", f"{region}b", f"{region}c"),
            flow_logs=True,
            restrict_default_security_group=True,
            aws_api_endpoints=True,
        ),
        database=PROD_DATABASE,
        broker=PROD_BROKER,
        service=PROD_SERVICE,
        # Callers cache the answers. More executions at a time would be an attack, and would starve other functions.
        discovery=DiscoveryConfig(architecture="x86_64", in_vpc=True, reserved_concurrency=50),
        api=ApiConfig(rate_limit=2_000, burst_limit=1_000, detailed_metrics=True, url=None),
        email_sender=EMAIL_SENDER,
        log_retention=RetentionDays.ONE_YEAR,
        # HIPAA asks for six years (45 CFR 164.316).
        audit_retention=RetentionDays.TEN_YEARS,
        removal_policy=RemovalPolicy.RETAIN,
        termination_protection=True,
        customer_managed_key=True,
        alarms=True,
        nag=True,
    )
