"""Descriptions of Express services, in the API's spelling (pure)."""

from typing import Any

from localstack_engines.services.ecs.api import express_definitions
from localstack_engines.services.ecs.deployment_models import Deployment
from localstack_engines.services.ecs.express_models import PUBLIC, ExpressService
from localstack_engines.services.ecs.models import Service
from localstack_engines.toolkit import settings

Json = dict[str, Any]


def endpoint(express: ExpressService) -> str:
    """Returns the URL of a service: of a public one on the machine and in tasks, of a private one in its VPC."""
    port = f":{settings.edge_port()}" if express.network.access_type == PUBLIC else ""
    return f"https://{express.host}{port}"


def service(express: ExpressService, record: Service, definitions: dict[str, Json], *, with_tags: bool) -> Json:
    """Returns a service as DescribeExpressGatewayService shows it. `definitions` are its task definitions by ARN."""
    active = [
        configuration(express, record, deployment, definitions[deployment.service_revision["taskDefinition"]])
        for deployment in record.deployments
    ]
    described = {
        **_head(express, record),
        "infrastructureRoleArn": express.infrastructure_role,
        "activeConfigurations": active,
        "tags": record.tags if with_tags else None,
    }
    if record.history and not record.current.is_over:
        described["currentDeployment"] = record.part_arn("service-deployment", record.current.id)
    return {key: value for key, value in described.items() if value is not None}


def updated(express: ExpressService, record: Service, definition: Json) -> Json:
    """Returns a service as UpdateExpressGatewayService shows it: with what it is being updated to."""
    return {
        **_head(express, record),
        "targetConfiguration": configuration(express, record, record.primary, definition),
    }


def configuration(express: ExpressService, record: Service, deployment: Deployment, definition: Json) -> Json:
    """Returns what a revision of the service runs."""
    network = (deployment.service_revision.get("networkConfiguration") or {}).get("awsvpcConfiguration") or {}
    own = express.configuration(deployment.revision_id)
    return {
        "serviceRevisionArn": record.part_arn("service-revision", deployment.revision_id),
        **express_definitions.settings(definition),
        "taskDefinitionArn": definition["taskDefinitionArn"],
        "networkConfiguration": {name: network[name] for name in ("subnets", "securityGroups") if network.get(name)},
        "healthCheckPath": own.health_check_path,
        "scalingTarget": own.scaling,
        "ingressPaths": [{"accessType": express.network.access_type, "endpoint": endpoint(express)}],
        "createdAt": deployment.created_at,
    }


def managed_resources(express: ExpressService) -> Json:
    """Returns what the service is made of, as DescribeServiceRevisions shows it."""

    def resource(arn: str) -> Json:
        state = "DELETED" if express.is_removed else "ACTIVE"
        return {"arn": arn, "status": state, "updatedAt": express.updated_at}

    def security_group(identifier: str) -> Json:
        place = f"{express.scope.region}:{express.scope.account}"
        return resource(f"arn:aws:ec2:{place}:security-group/{identifier}")

    gateway, scope = express.gateway, express.scope
    path = {
        "accessType": express.network.access_type,
        "endpoint": endpoint(express),
        "loadBalancer": resource(gateway.balancer_arn),
        "loadBalancerSecurityGroups": [security_group(gateway.security_group)],
        "certificate": resource(gateway.certificate_arn),
        "listener": resource(gateway.listener_arn),
        "rule": resource(express.rule_arn),
        "targetGroups": [resource(arn) for arn in express.target_groups],
    }
    log_group = f"arn:aws:logs:{scope.region}:{scope.account}:log-group:{express.log_group}"
    return {
        "ingressPaths": [path],
        "autoScaling": {
            "scalableTarget": resource(express.scalable_target),
            "applicationAutoScalingPolicies": [resource(express.scaling_policy)],
        },
        "serviceSecurityGroups": [security_group(express.security_group)],
        "logGroups": [resource(log_group)] if express.log_group else [],
    }


def _head(express: ExpressService, record: Service) -> Json:
    return {
        "cluster": record.scope.cluster,
        "serviceName": record.name,
        "serviceArn": record.arn,
        "status": {"statusCode": record.status},
        "createdAt": express.created_at,
        "updatedAt": express.updated_at,
    }
