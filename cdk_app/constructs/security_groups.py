"""Every security group of the system and its rules."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from cdk_app.catalogue import GRPC_PORT, HTTP_PORT, Service

POSTGRESQL_PORT = 5432
HTTPS_PORT = 443


class SecurityGroups(Construct):
    """The security groups of the VPC link, the discovery function, the services, their databases and the broker.

    They are together because a rule between two groups ties these to each other. If each group were in the stack of
    what it protects, the data, messaging and services stacks would depend on each other in a cycle.
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
        self.vpc_link = self._add_group("Link", "The HTTP API on its way into the VPC")
        self.broker = self._add_group("Broker", "Kafka brokers")
        self.discovery = self._add_group("Discovery", "The discovery Lambda")
        self.services: Mapping[str, ec2.SecurityGroup] = {
            service.name: self._add_group(f"{service.title}Service", f"Tasks of {service.name}") for service in services
        }
        self.databases: Mapping[str, ec2.SecurityGroup] = {
            service.name: self._add_group(f"{service.title}Database", f"Database of {service.name}")
            for service in services
        }
        _allow_aws_apis(self.discovery)
        for service in services:
            self._add_rules(service, broker_port)

    def _add_group(self, construct_id: str, description: str) -> ec2.SecurityGroup:
        return ec2.SecurityGroup(self, construct_id, vpc=self._vpc, description=description, allow_all_outbound=False)

    def _add_rules(self, service: Service, broker_port: int) -> None:
        tasks = self.services[service.name]
        tasks.connections.allow_from(self.vpc_link, ec2.Port.tcp(HTTP_PORT), "HTTP from the API")
        tasks.connections.allow_to(
            self.databases[service.name], ec2.Port.tcp(POSTGRESQL_PORT), "PostgreSQL, its own only"
        )
        tasks.connections.allow_to(self.broker, ec2.Port.tcp(broker_port), "Kafka")
        for called in service.calls:
            tasks.connections.allow_to(self.services[called], ec2.Port.tcp(GRPC_PORT), f"gRPC to {called}")
        _allow_aws_apis(tasks)


def _allow_aws_apis(group: ec2.SecurityGroup) -> None:
    # Any address, because S3 serves image layers from addresses that AWS may change. The subnets have no route out of
    # the VPC except the endpoints of AWS's APIs.
    group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(HTTPS_PORT), "AWS APIs through endpoints")
