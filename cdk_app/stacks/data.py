"""The data stack: a database for each service, and what anchors their audit logs."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_rds as rds
from constructs import Construct

from cdk_app.catalogue import SERVICES, Service
from cdk_app.config import StageConfig
from cdk_app.constructs.alarms import add_database_alarms
from cdk_app.constructs.audit_anchors import AuditAnchors
from cdk_app.constructs.service_database import ENGINE, ServiceDatabase
from cdk_app.stacks.network import NetworkStack
from cdk_app.stacks.system_stack import SystemStack


class DataStack(SystemStack):
    """The databases share a subnet group and a parameter group."""

    def __init__(self, scope: Construct, *, config: StageConfig, network: NetworkStack) -> None:
        super().__init__(scope, name="data", config=config, description="One PostgreSQL database a service")
        self._config, self._network = config, network
        self._subnet_group = rds.SubnetGroup(
            self,
            "Subnets",
            description="Private subnets",
            subnet_group_name=config.prefix,
            vpc=network.vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
        )
        self._parameter_group = rds.ParameterGroup(
            self,
            "Parameters",
            engine=ENGINE,
            description="What every database of the system runs with",
            parameters={
                # In milliseconds: slower statements go to the server's log.
                "log_min_duration_statement": "500",
                # Neither a statement's parameters nor a value that a constraint refused: both are patients' data.
                "log_parameter_max_length": "0",
                "log_error_verbosity": "terse",
            },
        )
        self.databases: Mapping[str, ServiceDatabase] = {
            service.name: self._add_database(service) for service in SERVICES.values()
        }

        self.audit_anchors = AuditAnchors(
            self, "Audit", config=config, service_names=tuple(SERVICES), encryption_key=network.encryption_key
        )
        self.add_output("AuditKeyArn", self.audit_anchors.key_arn, "The KMS key that signs heads of the audit logs")

    def _add_database(self, service: Service) -> ServiceDatabase:
        config, network = self._config, self._network
        database = ServiceDatabase(
            self,
            service.title,
            config=config,
            service=service,
            vpc=network.vpc,
            subnet_group=self._subnet_group,
            parameter_group=self._parameter_group,
            security_group=network.security_groups.databases[service.name],
            encryption_key=network.encryption_key,
        )
        if network.alarm_topic is not None:
            add_database_alarms(
                database,
                instance=database.instance,
                storage_gib=config.database.storage_gib,
                topic=network.alarm_topic,
            )
        instance, title = database.instance, service.title
        self.add_output(f"{title}DatabaseId", instance.instance_identifier, f"Instance of {service.name}")
        self.add_output(f"{title}DatabaseEndpoint", instance.db_instance_endpoint_address, "Its host")
        self.add_output(f"{title}DatabasePort", instance.db_instance_endpoint_port, "Its port")
        self.add_output(f"{title}DatabaseSecretArn", database.owner_secret.secret_arn, "Its owner's credentials")
        return database
