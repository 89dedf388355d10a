"""A service as ECS runs it: a task definition with its migration, and a service that keeps tasks running."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_kms as kms
from constructs import Construct

from cdk_app.catalogue import GRPC_PORT, HTTP_PORT, Service
from cdk_app.config import StageConfig
from cdk_app.constructs.encryption_key import allow_reading_secrets
from cdk_app.constructs.log_group import log_group


@dataclass(frozen=True, kw_only=True)
class FargateServiceProps:
    """`database` are the secrets that a migration needs too; `secrets` are for the service's container alone."""

    config: StageConfig
    service: Service
    cluster: ecs.ICluster
    security_group: ec2.ISecurityGroup
    image: ecs.ContainerImage
    environment: Mapping[str, str]
    database: Mapping[str, ecs.Secret]
    secrets: Mapping[str, ecs.Secret]
    registry_arn: str
    key: kms.IKey | None


class FargateService(Construct):
    """Tasks of one service in the private subnets, known to Cloud Map, rolled without losing capacity.

    A new revision whose tasks do not get healthy is rolled back by the circuit breaker.
    """

    def __init__(self, scope: Construct, construct_id: str, props: FargateServiceProps) -> None:
        super().__init__(scope, construct_id)
        config, service = props.config, props.service
        name = f"/{config.prefix}/{service.name}"
        self.log_group = log_group(self, "LogGroup", name=name, config=config, key=props.key)
        self.task = ecs.FargateTaskDefinition(
            self,
            "Task",
            family=f"{config.prefix}-{service.name}",
            cpu=config.service.cpu,
            memory_limit_mib=config.service.memory_mib,
        )
        self._add_containers(props)
        self.service = ecs.FargateService(
            self,
            "Service",
            service_name=service.name,
            cluster=props.cluster,
            task_definition=self.task,
            desired_count=config.service.desired,
            min_healthy_percent=100,
            max_healthy_percent=200,
            circuit_breaker=ecs.DeploymentCircuitBreaker(enable=True, rollback=True),
            assign_public_ip=False,
            security_groups=[props.security_group],
            vpc_subnets=ec2.SubnetSelection(subnet_type=ec2.SubnetType.PRIVATE_ISOLATED),
            propagate_tags=ecs.PropagatedTagSource.SERVICE,
        )
        self._register(props)
        if props.key is not None:
            allow_reading_secrets(self.task.obtain_execution_role(), props.key)

    def _add_containers(self, props: FargateServiceProps) -> None:
        logging = ecs.LogDrivers.aws_logs(stream_prefix=props.service.name, log_group=self.log_group)
        migrate = self.task.add_container(
            "migrate",
            image=props.image,
            command=["migrate"],
            essential=False,
            environment=dict(props.environment),
            secrets=dict(props.database),
            logging=logging,
        )
        container = self.task.add_container(
            props.service.name,
            image=props.image,
            environment=dict(props.environment),
            secrets={**props.database, **props.secrets},
            logging=logging,
            # Longer than the services take to drain, so that SIGKILL finds nobody at work.
            stop_timeout=Duration.seconds(30),
            health_check=ecs.HealthCheck(
                command=["CMD", "healthcheck"],
                interval=Duration.seconds(10),
                timeout=Duration.seconds(5),
                retries=3,
                start_period=Duration.seconds(30),
            ),
        )
        container.add_port_mappings(ecs.PortMapping(container_port=HTTP_PORT))
        if props.service.serves_grpc:
            container.add_port_mappings(ecs.PortMapping(container_port=GRPC_PORT))
        container.add_container_dependencies(
            ecs.ContainerDependency(container=migrate, condition=ecs.ContainerDependencyCondition.SUCCESS)
        )
        # The first container is the default, which is not what anybody means here.
        self.task.default_container = container

    def _register(self, props: FargateServiceProps) -> None:
        resource = self.service.node.default_child
        if not isinstance(resource, ecs.CfnService):
            raise TypeError("an ECS service's default child is its CloudFormation resource")
        # SRV records need the port, which the L2's association leaves out for records of both types.
        resource.service_registries = [
            ecs.CfnService.ServiceRegistryProperty(
                registry_arn=props.registry_arn, container_name=props.service.name, container_port=HTTP_PORT
            )
        ]
