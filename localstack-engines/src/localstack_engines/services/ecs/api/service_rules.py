"""The rules for services, in ECS's words."""

import re
from typing import Any

from localstack_engines.services.ecs.api import launch_rules
from localstack_engines.services.ecs.errors import invalid_parameter

Request = dict[str, Any]

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,255}")
_MISSING = {
    "vpcLatticeConfigurations": "VPC Lattice",
    "gatewayConnectors": "gateways",
}
_OF_TASK_SETS = (
    "taskDefinition",
    "networkConfiguration",
    "launchType",
    "capacityProviderStrategy",
    "platformVersion",
    "serviceRegistries",
    "loadBalancers",
    "deploymentConfiguration",
    "forceNewDeployment",
)
_MISSING_IN_DEPLOYMENTS = {"lifecycleHooks": "lifecycle hooks", "bakeTimeInMinutes": "bake time"}


def check_create(request: Request) -> None:
    """Raises InvalidParameterException for a CreateService request that ECS or the local ECS refuses."""
    if not _NAME.fullmatch(request["serviceName"]):
        raise invalid_parameter("Service names have 1 to 255 letters, numbers, hyphens and underscores.")
    strategy = request.get("schedulingStrategy") or "REPLICA"
    if strategy not in ("REPLICA", "DAEMON"):
        raise invalid_parameter("Scheduling strategy should be one of [REPLICA, DAEMON]")
    if strategy == "REPLICA" and request.get("desiredCount") is None:
        raise invalid_parameter("The desired count is required for the REPLICA scheduling strategy.")
    if strategy == "DAEMON" and request.get("desiredCount"):
        raise invalid_parameter("The desired count of a service with the DAEMON scheduling strategy cannot be set.")
    if request.get("role"):
        raise invalid_parameter("The role is not valid for services with the awsvpc network mode.")
    if controller(request) == "EXTERNAL":
        check_external(request)
    check_update(request)


def check_scheduling(settings: Request, launch_type: str) -> None:
    """Raises InvalidParameterException for a DAEMON service that cannot be one."""
    if settings.get("schedulingStrategy") != "DAEMON":
        return
    if launch_type == "FARGATE":
        raise invalid_parameter("The DAEMON scheduling strategy is not supported on Fargate.")
    if settings.get("placementStrategy"):
        raise invalid_parameter("Placement strategies are not supported with the DAEMON scheduling strategy.")
    if controller(settings) == "EXTERNAL":
        raise invalid_parameter("The EXTERNAL deployment controller supports the REPLICA scheduling strategy only.")


def controller(request: Request) -> str:
    """Returns the type of the deployment controller that a request asks for."""
    return str((request.get("deploymentController") or {}).get("type") or "ECS")


def check_external(request: Request) -> None:
    """Raises InvalidParameterException for settings that belong to the task sets of a service."""
    for member in _OF_TASK_SETS:
        if request.get(member):
            raise invalid_parameter(f"With the EXTERNAL deployment controller, {member} belongs to the task sets.")


def check_update(request: Request) -> None:
    """Raises InvalidParameterException for settings that ECS or the local ECS refuses."""
    if (request.get("desiredCount") or 0) < 0:
        raise invalid_parameter("The desired count of the service must be 0 or more.")
    if controller(request) not in ("ECS", "EXTERNAL"):
        raise invalid_parameter(f"The local ECS has no deployment controller {controller(request)}.")
    for member, what in _MISSING.items():
        if request.get(member):
            raise invalid_parameter(f"The local ECS has no {what} ({member}): use loadBalancers or serviceRegistries.")
    if (request.get("serviceConnectConfiguration") or {}).get("enabled"):
        raise invalid_parameter("The local ECS has no Service Connect: use serviceRegistries.")
    if (request.get("healthCheckGracePeriodSeconds") or 0) < 0:
        raise invalid_parameter("The health check grace period must be 0 or more.")
    if request.get("propagateTags") not in (None, "NONE", "SERVICE", "TASK_DEFINITION"):
        raise invalid_parameter(f"Unknown propagateTags '{request['propagateTags']}'.")
    launch_rules.refuse_unsupported(request)
    _check_deployment(request.get("deploymentConfiguration") or {})


def _check_deployment(configuration: Request) -> None:
    strategy = configuration.get("strategy") or "ROLLING"
    if strategy != "ROLLING":
        raise invalid_parameter(f"The local ECS has no deployment strategy {strategy}: use ROLLING.")
    if (configuration.get("alarms") or {}).get("enable"):
        raise invalid_parameter("The local ECS has no deployment alarms: use the deployment circuit breaker.")
    for member, what in _MISSING_IN_DEPLOYMENTS.items():
        if configuration.get(member):
            raise invalid_parameter(f"The local ECS has no {what} ({member}) for deployments.")
    for member in ("minimumHealthyPercent", "maximumPercent"):
        if (configuration.get(member) or 0) < 0:
            raise invalid_parameter(f"{member} must be 0 or more.")
