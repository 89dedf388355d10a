"""Where and in which network a task may run, in ECS's words: on Fargate, or on the cluster's container instances."""

from dataclasses import dataclass
from typing import Any

from localstack_engines.network import ec2, interfaces
from localstack_engines.network.networks import NetworkConflict
from localstack_engines.services.ecs.api import cluster_rules, ec2_rules, placement_rules
from localstack_engines.services.ecs.control.capacity_strategy import launch_type_of
from localstack_engines.services.ecs.errors import invalid_parameter
from localstack_engines.services.ecs.models import Scope
from localstack_engines.services.ecs.store import Definition, Store

_PLATFORM_VERSIONS = ("LATEST", "1.4.0")
_LAUNCH_TYPES = ("EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES")
_PLACEMENT = {"placementConstraints": "Placement constraints", "placementStrategy": "Placement strategies"}


@dataclass(frozen=True)
class Launch:
    """How tasks are launched: `type` is FARGATE or EC2; `strategy` divides them among capacity providers."""

    type: str
    strategy: list[dict[str, Any]] | None = None


def launch(store: Store, scope: Scope, request: dict[str, Any], in_use: list[dict[str, Any]] | None = None) -> Launch:
    """Returns how tasks are launched. Without a launch type and a strategy the cluster's default strategy counts.

    The cluster must have the providers of a strategy, unless it is the service's own already (`in_use`). Raises
    InvalidParameterException.
    """
    strategy, asked = request.get("capacityProviderStrategy"), request.get("launchType")
    if strategy and asked:
        raise invalid_parameter("Specifying both a launch type and capacity provider strategy is not supported.")
    if not strategy and not asked:
        strategy = store.default_capacity_provider_strategy(scope)
    if strategy:
        cluster_rules.check_capacity_providers(store, scope, None, strategy)
        if strategy != in_use:
            cluster_rules.check_association(store, scope, strategy)
        found = Launch(launch_type_of({"capacityProviderStrategy": strategy}), list(strategy))
    elif asked and asked not in _LAUNCH_TYPES:
        raise invalid_parameter(f"launch type should be one of [{','.join(_LAUNCH_TYPES)}]")
    elif asked not in (None, "EC2", "FARGATE"):
        raise invalid_parameter(f"The local ECS has no {asked} launch type: use EC2 or FARGATE.")
    else:
        found = Launch(asked or "EC2")
    _check_placement(found, request)
    return found


def _check_placement(found: Launch, request: dict[str, Any]) -> None:
    if found.type == "EC2":
        placement_rules.check(request)
        if request.get("platformVersion"):
            raise invalid_parameter("The platform version must be null when specifying an EC2 launch type.")
        return
    for member, what in _PLACEMENT.items():
        if request.get(member):
            raise invalid_parameter(f"{what} are not supported with FARGATE launch type.")


def refuse_unsupported(request: dict[str, Any]) -> None:
    """Raises InvalidParameterException for what RunTask and CreateService may ask for, but not here."""
    if request.get("volumeConfigurations"):
        raise invalid_parameter("The local ECS has no EBS volumes (volumeConfigurations).")
    version = request.get("platformVersion")
    if version and version not in _PLATFORM_VERSIONS:
        raise invalid_parameter(f"The local ECS has no platform version {version}: use LATEST or 1.4.0.")


def network_configuration(
    scope: Scope, definition: Definition, request: dict[str, Any], launch_type: str
) -> dict[str, Any]:
    """Returns the request's awsvpcConfiguration, or nothing for another network mode.

    Creates the Docker networks of its subnets. Raises InvalidParameterException if the definition does not fit the
    launch type, if there is no configuration, if a subnet or security group does not exist, or if this machine has no
    free range.
    """
    if launch_type not in definition["compatibilities"]:
        raise invalid_parameter(f"Task definition does not support launch_type {launch_type}.")
    if launch_type == "EC2" and (problem := ec2_rules.problem(definition)):
        raise invalid_parameter(problem)
    network = (request.get("networkConfiguration") or {}).get("awsvpcConfiguration")
    if definition.get("networkMode") != "awsvpc":
        if network:
            raise invalid_parameter(
                "Network Configuration is not valid for the given networkMode of this task definition."
            )
        return {}
    if not network or not network.get("subnets"):
        raise invalid_parameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
    _check_network(scope, network)
    return dict(network)


def _check_network(scope: Scope, network: dict[str, Any]) -> None:
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
