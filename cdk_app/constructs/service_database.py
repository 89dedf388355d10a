"""A service's own PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_rds as rds
from constructs import Construct

from cdk_app.catalogue import Service
from cdk_app.config import StageConfig
from cdk_app.constructs.log_group import log_group

ENGINE = rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_17_6)
LOGS = ("postgresql", "upgrade")


@dataclass(frozen=True, kw_only=True)
class DatabaseProps:
    """`subnet_group` and `parameter_group` are shared by all databases of the stage."""

    config: StageConfig
    service: Service
    vpc: ec2.IVpc
    subnet_group: rds.ISubnetGroup
    parameter_group: rds.IParameterGroup
    security_group: ec2.ISecurityGroup
    key: kms.IKey | None


class ServiceDatabase(Construct):
    """One instance with one database, named after its service, and credentials that were generated and attached.

    `secret` holds host, port, dbname, username and password; nothing else knows the password.
    """

    def __init__(self, scope: Construct, construct_id: str, props: DatabaseProps) -> None:
        super().__init__(scope, construct_id)
        config, size, service = props.config, props.config.database, props.service
        identifier = f"{config.prefix}-{service.name}"
        if size.observed:
            # RDS would make the groups itself, without retention, on the first line.
            for log in LOGS:
                name = f"/aws/rds/instance/{identifier}/{log}"
                log_group(self, f"{log.capitalize()}Log", name=name, config=config, key=props.key)
        self.instance = rds.DatabaseInstance(
            self,
            "Instance",
            instance_identifier=identifier,
            database_name=service.name,
            engine=ENGINE,
            instance_type=ec2.InstanceType(size.instance_type),
            credentials=rds.Credentials.from_generated_secret(
                service.name, secret_name=f"{config.prefix}/{service.name}/database", encryption_key=props.key
            ),
            vpc=props.vpc,
            subnet_group=props.subnet_group,
            parameter_group=props.parameter_group,
            security_groups=[props.security_group],
            publicly_accessible=False,
            allocated_storage=size.storage_gib,
            max_allocated_storage=size.max_storage_gib,
            storage_type=rds.StorageType.GP3,
            storage_encrypted=True,
            storage_encryption_key=props.key,
            multi_az=size.multi_az,
            backup_retention=Duration.days(size.backup_days),
            delete_automated_backups=not size.deletion_protection,
            copy_tags_to_snapshot=True,
            deletion_protection=size.deletion_protection,
            removal_policy=config.removal,
            auto_minor_version_upgrade=True,
            iam_authentication=size.observed,
            cloudwatch_logs_exports=list(LOGS) if size.observed else None,
            monitoring_interval=Duration.seconds(60) if size.observed else None,
            enable_performance_insights=size.observed or None,
            performance_insight_encryption_key=props.key if size.observed else None,
        )
        if self.instance.secret is None:
            raise RuntimeError("generated credentials come with a secret")
        self.secret = self.instance.secret
