"""One database a service."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_rds as rds
from constructs import Construct

from cdk_app.catalogue import Service
from cdk_app.config import StageConfig
from cdk_app.constructs.alarms import watch_database
from cdk_app.constructs.service_database import ENGINE, DatabaseProps, ServiceDatabase
from cdk_app.stacks.network import NetworkStack
from cdk_app.stacks.system_stack import SystemStack


class DataStack(SystemStack):
    def __init__(self, scope: Construct, *, config: StageConfig, network: NetworkStack) -> None:
        super().__init__(scope, "data", config=config, description="One PostgreSQL database a service")
        self._config, self._network = config, network
        self._subnets = rds.SubnetGroup(
            self,
            "Subnets",
            description="Private subnets",
            subnet_group_name=config.prefix,
            vpc=network.vpc,
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
        )
        self._parameters = rds.ParameterGroup(
            self,
            "Parameters",
            engine=ENGINE,
            description="What every database of the system runs with",
            parameters={
                # Statements slower than this, in milliseconds, are worth a line in the server's log...
                "log_min_duration_statement": "500",
                # ... but not what they were asked with, nor the value that a constraint refused: patients' data.
                "log_parameter_max_length": "0",
                "log_error_verbosity": "terse",
            },
        )
        self.databases: Mapping[str, ServiceDatabase] = {
            service.name: self._database(service) for service in config.services
        }

    def _database(self, service: Service) -> ServiceDatabase:
        network = self._network
        database = ServiceDatabase(
            self,
            service.title,
            DatabaseProps(
                config=self._config,
                service=service,
                vpc=network.vpc,
                subnet_group=self._subnets,
                parameter_group=self._parameters,
                security_group=network.firewall.databases[service.name],
                key=network.key,
            ),
        )
        if network.alarms is not None:
            watch_database(database, instance=database.instance, config=self._config, topic=network.alarms)
        instance, title = database.instance, service.title
        self.output(f"{title}DatabaseId", instance.instance_identifier, f"Instance of {service.name}")
        self.output(f"{title}DatabaseEndpoint", instance.db_instance_endpoint_address, "Its host")
        self.output(f"{title}DatabasePort", instance.db_instance_endpoint_port, "Its port")
        self.output(f"{title}DatabaseSecretArn", database.secret.secret_arn, "Its credentials")
        return database
