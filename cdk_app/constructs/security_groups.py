"""Who may open a connection to whom, on one page: every security group of the system and its rules."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from cdk_app.catalogue import GRPC_PORT, HTTP_PORT, Service

POSTGRESQL_PORT = 5432
HTTPS_PORT = 443


class Firewall(Construct):
    """Security groups of the VPC link, the services, their databases and the broker.

    They are made together because rules between two groups tie them to each other: in the stacks of what they protect,
    data, messaging and services would wait for one another in a circle.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        services: tuple[Service, ...],
        broker_port: int,
    ) -> None:
        super().__init__(scope, construct_id)
        self._vpc = vpc
        self.link = self._group("Link", "The HTTP API on its way into the VPC")
        self.broker = self._group("Broker", "Kafka brokers")
        self.discovery = self._group("Discovery", "The discovery Lambda")
        self.services: Mapping[str, ec2.SecurityGroup] = {
            service.name: self._group(f"{service.title}Service", f"Tasks of {service.name}") for service in services
        }
        self.databases: Mapping[str, ec2.SecurityGroup] = {
            service.name: self._group(f"{service.title}Database", f"Database of {service.name}") for service in services
        }
        self._aws_apis(self.discovery)
        for service in services:
            self._connect(service, broker_port)

    def _connect(self, service: Service, broker_port: int) -> None:
        tasks = self.services[service.name]
        tasks.connections.allow_from(self.link, ec2.Port.tcp(HTTP_PORT), "HTTP from the API")
        tasks.connections.allow_to(
            self.databases[service.name], ec2.Port.tcp(POSTGRESQL_PORT), "PostgreSQL, its own only"
        )
        tasks.connections.allow_to(self.broker, ec2.Port.tcp(broker_port), "Kafka")
        for called in service.calls:
            if called in self.services:
                tasks.connections.allow_to(self.services[called], ec2.Port.tcp(GRPC_PORT), f"gRPC to {called}")
        self._aws_apis(tasks)

    def _aws_apis(self, group: ec2.SecurityGroup) -> None:
        # Any address, because S3's (image layers) are not ours to list; the subnets have no route out of the VPC
        # but the endpoints for AWS's APIs.
        group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(HTTPS_PORT), "AWS APIs through endpoints")

    def _group(self, construct_id: str, description: str) -> ec2.SecurityGroup:
        return ec2.SecurityGroup(self, construct_id, vpc=self._vpc, description=description, allow_all_outbound=False)
