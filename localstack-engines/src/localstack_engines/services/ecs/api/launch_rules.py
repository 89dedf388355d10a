"""Where and in which network a task may run, in ECS's words. Only Fargate exists: there are no container instances."""

from typing import Any

from localstack_engines.network import ec2, interfaces
from localstack_engines.network.networks import NetworkConflict
from localstack_engines.services.ecs.api import cluster_rules
from localstack_engines.services.ecs.errors import invalid_parameter
from localstack_engines.services.ecs.models import Scope
from localstack_engines.services.ecs.store import Definition, Store

_PLATFORM_VERSIONS = ("LATEST", "1.4.0")
_LAUNCH_TYPES = ("EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES")
_UNSUPPORTED = {
    "placementConstraints": "Placement constraints are not supported with FARGATE launch type.",
    "placementStrategy": "Placement strategies are not supported with FARGATE launch type.",
    "volumeConfigurations": "The local ECS has no EBS volumes (volumeConfigurations).",
}


def launch_type(store: Store, scope: Scope, request: dict[str, Any]) -> tuple[str, str | None]:
    """Returns (launch type, capacity provider). Raises InvalidParameterException."""
    strategy, asked = request.get("capacityProviderStrategy"), request.get("launchType")
    if strategy and asked:
        raise invalid_parameter("Specifying both a launch type and capacity provider strategy is not supported.")
    if not strategy and not asked:
        strategy = store.default_capacity_provider_strategy(scope)
    if strategy:
        cluster_rules.check_capacity_providers(None, strategy)
        chosen = max(strategy, key=lambda item: (item.get("base") or 0, item.get("weight") or 0))["capacityProvider"]
        return "FARGATE", chosen
    if asked and asked not in _LAUNCH_TYPES:
        raise invalid_parameter(f"launch type should be one of [{','.join(_LAUNCH_TYPES)}]")
    if asked != "FARGATE":
        raise invalid_parameter(
            f"No Container Instances were found in your cluster. The local ECS has no {asked or 'EC2'} launch type: "
            "use FARGATE."
        )
    return "FARGATE", None


def refuse_unsupported(request: dict[str, Any]) -> None:
    """Raises InvalidParameterException for what RunTask and CreateService may ask for, but not on Fargate."""
    for member, message in _UNSUPPORTED.items():
        if request.get(member):
            raise invalid_parameter(message)
    version = request.get("platformVersion")
    if version and version not in _PLATFORM_VERSIONS:
        raise invalid_parameter(f"The local ECS has no platform version {version}: use LATEST or 1.4.0.")


def network_configuration(scope: Scope, definition: Definition, request: dict[str, Any]) -> dict[str, Any]:
    """Returns the request's awsvpcConfiguration. Creates the Docker networks of its subnets.

    Raises InvalidParameterException if there is none, if a subnet or security group does not exist, or if this machine
    has no free range.
    """
    if "FARGATE" not in definition["compatibilities"]:
        raise invalid_parameter("Task definition does not support launch_type FARGATE.")
    network = (request.get("networkConfiguration") or {}).get("awsvpcConfiguration")
    if not network or not network.get("subnets"):
        raise invalid_parameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
    for member, most in (("subnets", 16), ("securityGroups", 5)):
        if len(network.get(member) or []) > most:
            raise invalid_parameter(f"{member} can have at most {most} items.")
    for group in network.get("securityGroups") or []:
        if ec2.security_group(scope.account, scope.region, group) is None:
            raise invalid_parameter(
                f"Error retrieving security group information for [{group}]: The security group '{group}' does not "
                "exist (ErrorCode: InvalidGroup.NotFound)"
            )
    for subnet in network["subnets"]:
        _check_subnet(scope, subnet)
    return dict(network)


def _check_subnet(scope: Scope, subnet: str) -> None:
    try:
        interfaces.network_of(scope.account, scope.region, subnet)
    except interfaces.SubnetNotFound as error:
        raise invalid_parameter(
            f"Error retrieving subnet information for [{subnet}]: The subnet ID '{subnet}' does not exist "
            "(ErrorCode: InvalidSubnetID.NotFound)"
        ) from error
    except NetworkConflict as error:
        raise invalid_parameter(str(error)) from error
