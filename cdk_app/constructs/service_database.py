"""The PostgreSQL database of a service."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from cdk_app.catalogue import Service
from cdk_app.config import StageConfig
from cdk_app.constructs.log_group import add_log_group

ENGINE = rds.DatabaseInstanceEngine.postgres(version=rds.PostgresEngineVersion.VER_17_6)
LOGS = ("postgresql", "upgrade")


class ServiceDatabase(Construct):
    """An instance with one database, named after its service.

    Two roles log in. `owner_secret` belongs to the master user, who owns the tables and migrates them. The service has
    the role `service_username`, which the migration creates. It logs in with a token of IAM or with `service_secret`,
    which is `None` in a stage with IAM authentication. A secret holds host, port, dbname, username and password.
    Secrets Manager generates the passwords, and they are stored nowhere else. All databases of a stage share
    `subnet_group` and `parameter_group`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: StageConfig,
        service: Service,
        vpc: ec2.IVpc,
        subnet_group: rds.ISubnetGroup,
        parameter_group: rds.IParameterGroup,
        security_group: ec2.ISecurityGroup,
        encryption_key: kms.IKey | None,
    ) -> None:
        super().__init__(scope, construct_id)
        size, identifier = config.database, f"{config.prefix}-{service.name}"
        self.instance = rds.DatabaseInstance(
            self,
            "Instance",
            instance_identifier=identifier,
            database_name=service.name,
            engine=ENGINE,
            instance_type=ec2.InstanceType(size.instance_type),
            credentials=rds.Credentials.from_generated_secret(
                service.name, secret_name=f"{config.prefix}/{service.name}/database", encryption_key=encryption_key
            ),
            vpc=vpc,
            subnet_group=subnet_group,
            parameter_group=parameter_group,
            security_groups=[security_group],
            publicly_accessible=False,
            allocated_storage=size.storage_gib,
            max_allocated_storage=size.max_storage_gib,
            storage_type=rds.StorageType.GP3,
            storage_encrypted=True,
            storage_encryption_key=encryption_key,
            multi_az=size.multi_az,
            backup_retention=Duration.days(size.backup_days),
            delete_automated_backups=size.delete_automated_backups,
            copy_tags_to_snapshot=True,
            deletion_protection=size.deletion_protection,
            removal_policy=config.removal_policy,
            auto_minor_version_upgrade=True,
            iam_authentication=size.iam_authentication,
            cloudwatch_logs_exports=list(LOGS) if size.export_logs else None,
            monitoring_interval=Duration.seconds(60) if size.enhanced_monitoring else None,
            enable_performance_insights=size.performance_insights or None,
            performance_insight_encryption_key=encryption_key if size.performance_insights else None,
        )
        if size.export_logs:
            # The instance would make the groups itself with its first lines, without retention and key.
            self.instance.node.add_dependency(*self._add_log_groups(config, identifier, encryption_key))
        if self.instance.secret is None:
            raise RuntimeError("the instance has no secret although its credentials are generated")
        self.owner_secret: secretsmanager.ISecret = self.instance.secret
        self.service_username = f"{service.name}_service"
        self.service_secret: secretsmanager.ISecret | None = None
        if not size.iam_authentication:
            self.service_secret = rds.DatabaseSecret(
                self,
                "ServiceSecret",
                username=self.service_username,
                secret_name=f"{config.prefix}/{service.name}/database-service",
                encryption_key=encryption_key,
            ).attach(self.instance)

    @property
    def resource_id(self) -> str:
        """The instance's name in ARNs of `rds-db:connect`."""
        identifier = self.instance.instance_resource_id
        if identifier is None:
            raise RuntimeError("an instance that this app makes has a resource id")
        return identifier

    def _add_log_groups(
        self, config: StageConfig, identifier: str, encryption_key: kms.IKey | None
    ) -> list[logs.LogGroup]:
        return [
            add_log_group(
                self,
                f"{log.capitalize()}Log",
                name=f"/aws/rds/instance/{identifier}/{log}",
                config=config,
                encryption_key=encryption_key,
            )
            for log in LOGS
        ]
