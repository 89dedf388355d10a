"""A service on ECS: its task definition, with a migration container, and the ECS service that runs the tasks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from aws_cdk import Duration
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_app.catalogue import GRPC_PORT, HTTP_PORT, Service
from cdk_app.config import StageConfig
from cdk_app.constructs.encryption_key import grant_secret_decryption
from cdk_app.constructs.log_group import add_log_group

STOP_TIMEOUT = Duration.seconds(30)
"""Longer than a service takes to finish its requests, so that SIGKILL interrupts none."""
HEALTH_CHECK = ecs.HealthCheck(
    command=["CMD", "healthcheck"],
    interval=Duration.seconds(10),
    timeout=Duration.seconds(5),
    retries=3,
    start_period=Duration.seconds(120),
)
"""The start period leaves time for tasks that all start at once on few processors, as those of a new stack do."""


@dataclass(frozen=True, kw_only=True)
class ContainerInputs:
    """What one container receives in its environment."""

    environment: Mapping[str, str]
    secrets: Mapping[str, ecs.Secret]


class FargateService(Construct):
    """Tasks of one service in the private subnets, registered in Cloud Map.

    A deployment keeps the full capacity. The circuit breaker rolls back a revision whose tasks do not become healthy.
    Only the migration container receives the credentials of the database's owner.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: StageConfig,
        service: Service,
        cluster: ecs.ICluster,
        security_group: ec2.ISecurityGroup,
        image: ecs.ContainerImage,
        migration: ContainerInputs,
        serving: ContainerInputs,
        cloud_map_service_arn: str,
        encryption_key: kms.IKey | None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.log_group = add_log_group(
            self, "LogGroup", name=f"/{config.prefix}/{service.name}", config=config, encryption_key=encryption_key
        )
        self.task_definition = ecs.FargateTaskDefinition(
            self,
            "Task",
            family=f"{config.prefix}-{service.name}",
            cpu=config.service.cpu,
            memory_limit_mib=config.service.memory_mib,
        )
        self._add_containers(service, image=image, migration=migration, serving=serving)
        self.service = self._add_service(config, service, cluster=cluster, security_group=security_group)
        self._register(service, cloud_map_service_arn)
        if encryption_key is not None:
            grant_secret_decryption(self.task_definition.obtain_execution_role(), encryption_key=encryption_key)

    def _add_containers(
        self, service: Service, *, image: ecs.ContainerImage, migration: ContainerInputs, serving: ContainerInputs
    ) -> None:
        add_container = partial(
            self.task_definition.add_container,
            image=image,
            logging=ecs.LogDrivers.aws_logs(stream_prefix=service.name, log_group=self.log_group),
        )
        migrate = add_container(
            "migrate",
            command=["migrate"],
            essential=False,
            environment=dict(migration.environment),
            secrets=dict(migration.secrets),
        )
        container = add_container(
            service.name,
            environment=dict(serving.environment),
            secrets=dict(serving.secrets),
            stop_timeout=STOP_TIMEOUT,
            health_check=HEALTH_CHECK,
        )
        container.add_port_mappings(ecs.PortMapping(container_port=HTTP_PORT))
        if service.serves_grpc:
            container.add_port_mappings(ecs.PortMapping(container_port=GRPC_PORT))
        container.add_container_dependencies(
            ecs.ContainerDependency(container=migrate, condition=ecs.ContainerDependencyCondition.SUCCESS)
        )
        # Otherwise the default container is the first one, which is the migration.
        self.task_definition.default_container = container

    def _add_service(
        self, config: StageConfig, service: Service, *, cluster: ecs.ICluster, security_group: ec2.ISecurityGroup
    ) -> ecs.FargateService:
        return ecs.FargateService(
            self,
            "Service",
            service_name=service.name,
            cluster=cluster,
            task_definition=self.task_definition,
            desired_count=config.service.desired_count,
            min_healthy_percent=100,
            max_healthy_percent=200,
            circuit_breaker=ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            assign_public_ip=False,
            security_groups=[security_group],
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
        )

    def _register(self, service: Service, cloud_map_service_arn: str) -> None:
        resource = self.service.node.default_child
        if not isinstance(resource, ecs.CfnService):
            raise TypeError("the default child of an ECS service is not a CfnService")
        # SRV records need the port. The L2 construct leaves it out for a Cloud Map service with A and SRV records.
        resource.service_registries = [
            ecs.CfnService.ServiceRegistryProperty(
                registry_arn=cloud_map_service_arn, container_name=service.name, container_port=HTTP_PORT
            )
        ]
