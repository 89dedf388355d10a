"""The services: a cluster, a namespace, and one Fargate service for each entry of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_servicediscovery as cloudmap
from constructs import Construct

from cdk_app.assets import Assets, image_excludes
from cdk_app.catalogue import GRPC_PORT, HTTP_PORT, Grant, Service
from cdk_app.config import StageConfig
from cdk_app.constructs.alarms import watch_service
from cdk_app.constructs.autoscaling import scale_with_load
from cdk_app.constructs.cloud_map_service import DiscoveryName
from cdk_app.constructs.fargate_service import FargateService, FargateServiceProps
from cdk_app.constructs.task_permissions import grant_broker, grant_extras
from cdk_app.stacks.data import DataStack
from cdk_app.stacks.identity import AUDIENCE, IdentityStack
from cdk_app.stacks.messaging import MessagingStack
from cdk_app.stacks.network import NetworkStack
from cdk_app.stacks.system_stack import SystemStack

DATABASE_FIELDS = {
    "DATABASE_HOST": "host",
    "DATABASE_PORT": "port",
    "DATABASE_NAME": "dbname",
    "DATABASE_USERNAME": "username",
    "DATABASE_PASSWORD": "password",
}


@dataclass(frozen=True, kw_only=True)
class Foundations:
    """The stacks that services stand on."""

    network: NetworkStack
    data: DataStack
    messaging: MessagingStack
    identity: IdentityStack


class ServicesStack(SystemStack):
    def __init__(self, scope: Construct, *, config: StageConfig, assets: Assets, on: Foundations) -> None:
        super().__init__(scope, "services", config=config, description="ECS cluster and services")
        self._config, self._assets, self._on = config, assets, on
        self._cluster = ecs.Cluster(
            self,
            "Cluster",
            cluster_name=config.prefix,
            vpc=on.network.vpc,
            container_insights_v2=ecs.ContainerInsights.ENABLED if config.watched else None,
        )
        self._namespace = cloudmap.PrivateDnsNamespace(
            self, "Namespace", name=f"{config.prefix}.local", vpc=on.network.vpc
        )
        self.registries: Mapping[str, str] = {service.name: self._deploy(service) for service in config.services}
        self.output("ClusterName", self._cluster.cluster_name, "The ECS cluster")
        self.output("NamespaceName", self._namespace.namespace_name, "Services are <name>.<this> inside the VPC")

    def _deploy(self, service: Service) -> str:
        """Everything of one service; answers with the ARN of its Cloud Map service."""
        config, on = self._config, self._on
        registry = DiscoveryName(self, f"{service.title}Name", namespace=self._namespace, name=service.name)
        fargate = FargateService(
            self,
            service.title,
            FargateServiceProps(
                config=config,
                service=service,
                cluster=self._cluster,
                security_group=on.network.firewall.services[service.name],
                image=self._image(service),
                environment=self._environment(service),
                database=self._database(service),
                secrets=self._secrets(service),
                registry_arn=registry.arn,
                key=on.network.key,
            ),
        )
        role = fargate.task.task_role
        grant_broker(role, cluster_arn=on.messaging.cluster_arn, config=config)
        grant_extras(role, service=service, config=config, signing_key=on.identity.signing_key)
        if on.network.alarms is not None:
            watch_service(fargate, service=fargate.service, topic=on.network.alarms)
            scale_with_load(fargate.service, config.service)
        self.output(f"{service.title}ServiceName", fargate.service.service_name, f"ECS service of {service.name}")
        self.output(f"{service.title}LogGroup", fargate.log_group.log_group_name, "Its log lines")
        return registry.arn

    def _image(self, service: Service) -> ecs.ContainerImage:
        arguments = {"SERVICE": service.name}
        base = self._config.service.base_image
        if base is not None:
            arguments["BASE_IMAGE"] = base
        return ecs.ContainerImage.from_asset(
            str(self._assets.root),
            asset_name=service.name,
            file="services/Dockerfile",
            build_args=arguments,
            exclude=image_excludes(service.name),
            # Where the base is not ours, this may be built on another processor than Fargate's.
            platform=ecr_assets.Platform.LINUX_AMD64 if base is None else None,
        )

    def _environment(self, service: Service) -> dict[str, str]:
        config, on = self._config, self._on
        environment = {
            "SERVICE_NAME": service.name,
            "STAGE": config.name,
            "AWS_REGION": self.region,
            "HTTP_PORT": str(HTTP_PORT),
            "GRPC_PORT": str(GRPC_PORT),
            "JWT_ISSUER": on.identity.api.endpoint,
            "JWT_AUDIENCE": AUDIENCE,
            "KAFKA_CLUSTER_ARN": on.messaging.cluster_arn,
            "KAFKA_SECURITY": config.broker.security,
        }
        for called in service.calls:
            target = f"dns:///{called}.{self._namespace.namespace_name}:{GRPC_PORT}"
            environment[f"{called.upper()}_GRPC_TARGET"] = target
        if Grant.SIGN_TOKENS in service.grants:
            environment["SIGNING_KEY_ID"] = on.identity.signing_key.arn
        if Grant.SEND_EMAIL in service.grants:
            environment["EMAIL_SENDER"] = config.email_sender
        return {**environment, **service.environment}

    def _database(self, service: Service) -> dict[str, ecs.Secret]:
        secret = self._on.data.databases[service.name].secret
        return {name: ecs.Secret.from_secrets_manager(secret, field) for name, field in DATABASE_FIELDS.items()}

    def _secrets(self, service: Service) -> dict[str, ecs.Secret]:
        if Grant.SEED_ADMIN not in service.grants:
            return {}
        admin = self._on.identity.admin
        return {
            "ADMIN_USERNAME": ecs.Secret.from_secrets_manager(admin, "username"),
            "ADMIN_PASSWORD": ecs.Secret.from_secrets_manager(admin, "password"),
        }
