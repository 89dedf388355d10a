"""The services stack: a cluster, a namespace, and a Fargate service for each entry of the catalogue."""

from __future__ import annotations

from collections.abc import Mapping

from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_servicediscovery as cloudmap
from constructs import Construct

from cdk_app.assets import Assets, image_excludes
from cdk_app.catalogue import GRPC_PORT, HTTP_PORT, SERVICES, Grant, Service
from cdk_app.config import StageConfig
from cdk_app.constructs.alarms import add_service_alarms
from cdk_app.constructs.autoscaling import add_autoscaling
from cdk_app.constructs.cloud_map_service import CloudMapService
from cdk_app.constructs.fargate_service import ContainerInputs, FargateService
from cdk_app.constructs.task_permissions import (
    grant_broker_access,
    grant_catalogue_entry,
    grant_database_login,
)
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
SERVICE_ROLE_FIELDS = {"SERVICE_DATABASE_USERNAME": "username", "SERVICE_DATABASE_PASSWORD": "password"}
ADMIN_FIELDS = {"ADMIN_USERNAME": "username", "ADMIN_PASSWORD": "password"}
"""The field of a secret behind each environment variable."""


class ServicesStack(SystemStack):
    """`cloud_map_service_arns` has an ARN for each service's name."""

    def __init__(
        self,
        scope: Construct,
        *,
        config: StageConfig,
        assets: Assets,
        network: NetworkStack,
        data: DataStack,
        messaging: MessagingStack,
        identity: IdentityStack,
    ) -> None:
        super().__init__(scope, name="services", config=config, description="ECS cluster and services")
        self._config, self._assets = config, assets
        self._network, self._data, self._messaging, self._identity = network, data, messaging, identity
        self._cluster = ecs.Cluster(
            self,
            "Cluster",
            cluster_name=config.prefix,
            vpc=network.vpc,
            container_insights_v2=ecs.ContainerInsights.ENABLED if config.service.container_insights else None,
        )
        self._namespace = cloudmap.PrivateDnsNamespace(
            self, "Namespace", name=f"{config.prefix}.local", vpc=network.vpc
        )
        self.cloud_map_service_arns: Mapping[str, str] = {
            service.name: self._add_service(service) for service in SERVICES.values()
        }
        self.add_output("ClusterName", self._cluster.cluster_name, "The ECS cluster")
        self.add_output("NamespaceName", self._namespace.namespace_name, "Services are <name>.<this> inside the VPC")

    def _add_service(self, service: Service) -> str:
        """Adds everything that belongs to `service`. Returns the ARN of its Cloud Map service."""
        config, network = self._config, self._network
        cloud_map = CloudMapService(self, f"{service.title}Name", namespace=self._namespace, name=service.name)
        fargate = FargateService(
            self,
            service.title,
            config=config,
            service=service,
            cluster=self._cluster,
            security_group=network.security_groups.services[service.name],
            image=self._image(service),
            migration=self._migration_inputs(service),
            serving=self._serving_inputs(service),
            cloud_map_service_arn=cloud_map.arn,
            encryption_key=network.encryption_key,
        )
        role = fargate.task_definition.task_role
        self._data.audit_anchors.grant_anchor(role, service.name)
        grant_broker_access(role, service=service, cluster_arn=self._messaging.cluster_arn, config=config)
        if config.database.iam_authentication:
            database = self._data.databases[service.name]
            grant_database_login(role, resource_id=database.resource_id, username=database.service_username)
        identity = self._identity
        grant_catalogue_entry(
            role,
            service=service,
            config=config,
            signing_keys=identity.signing_keys,
            sealing_key=identity.sealing_key,
        )
        if network.alarm_topic is not None:
            add_service_alarms(fargate, service=fargate.service, topic=network.alarm_topic)
        if config.service.max_count is not None:
            add_autoscaling(fargate.service, min_count=config.service.desired_count, max_count=config.service.max_count)
        self.add_output(f"{service.title}ServiceName", fargate.service.service_name, f"ECS service of {service.name}")
        self.add_output(f"{service.title}LogGroup", fargate.log_group.log_group_name, "Its log lines")
        return cloud_map.arn

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
            # Without a base image of this machine, the image is for AWS, whatever the machine's processor is.
            platform=ecr_assets.Platform.LINUX_AMD64 if base is None else None,
        )

    def _environment(self, service: Service) -> dict[str, str]:
        config, identity = self._config, self._identity
        environment = {
            "SERVICE_NAME": service.name,
            "STAGE": config.name,
            "AWS_REGION": self.region,
            "HTTP_PORT": str(HTTP_PORT),
            "GRPC_PORT": str(GRPC_PORT),
            "JWT_ISSUER": identity.api.endpoint,
            "JWT_AUDIENCE": AUDIENCE,
            "SIGNING_KEY_ALIAS": identity.signing_keys.alias,
            **self._data.audit_anchors.environment(service.name),
            "KAFKA_CLUSTER_ARN": self._messaging.cluster_arn,
            "KAFKA_SECURITY": config.broker.security,
            "DATABASE_SSL": "verify-full" if config.database.iam_authentication else "prefer",
        }
        for called in service.calls:
            target = f"dns:///{called}.{self._namespace.namespace_name}:{GRPC_PORT}"
            environment[f"{called.upper()}_GRPC_TARGET"] = target
        if service.grants & {Grant.SEAL_SECRETS, Grant.UNSEAL_SECRETS}:
            environment["SEALING_KEY_ID"] = identity.sealing_key.arn
        if Grant.SEND_EMAIL in service.grants:
            environment["EMAIL_SENDER"] = config.email_sender
        return {**environment, **service.environment}

    def _migration_inputs(self, service: Service) -> ContainerInputs:
        """Returns the credentials of the database's owner, and what the service's role will log in with."""
        database = self._data.databases[service.name]
        environment, secrets = self._environment(service), _fields(database.owner_secret, DATABASE_FIELDS)
        if database.service_secret is not None:
            secrets |= _fields(database.service_secret, SERVICE_ROLE_FIELDS)
        else:
            environment |= {"SERVICE_DATABASE_USERNAME": database.service_username, "SERVICE_DATABASE_IAM": "true"}
        return ContainerInputs(environment=environment, secrets=secrets)

    def _serving_inputs(self, service: Service) -> ContainerInputs:
        """Returns what the service's role logs in with; and the administrator's credentials, for who creates them."""
        database = self._data.databases[service.name]
        environment, secrets = self._environment(service), dict[str, ecs.Secret]()
        if database.service_secret is not None:
            secrets |= _fields(database.service_secret, DATABASE_FIELDS)
        else:
            environment |= {
                "DATABASE_HOST": database.instance.db_instance_endpoint_address,
                "DATABASE_PORT": database.instance.db_instance_endpoint_port,
                "DATABASE_NAME": service.name,
                "DATABASE_USERNAME": database.service_username,
                "DATABASE_IAM": "true",
            }
        if Grant.SEED_ADMIN in service.grants:
            secrets |= _fields(self._identity.admin_secret, ADMIN_FIELDS)
        return ContainerInputs(environment=environment, secrets=secrets)


def _fields(secret: secretsmanager.ISecret, fields: Mapping[str, str]) -> dict[str, ecs.Secret]:
    return {name: ecs.Secret.from_secrets_manager(secret, field) for name, field in fields.items()}
