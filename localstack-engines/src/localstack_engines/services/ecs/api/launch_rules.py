"""Where and in which network a task may run, in ECS's words. Only Fargate exists: there are no container instances."""

from typing import Any

from localstack_engines.network import addresses, interfaces
from localstack_engines.network.networks import NetworkConflict
from localstack_engines.services.ecs.errors import invalid_parameter
from localstack_engines.services.ecs.models import Scope
from localstack_engines.services.ecs.store import Definition, Store

FARGATE_PROVIDERS = ("FARGATE", "FARGATE_SPOT")


def launch_type(store: Store, scope: Scope, request: dict[str, Any]) -> tuple[str, str | None]:
    """Returns (launch type, capacity provider). Raises InvalidParameterException."""
    strategy = request.get("capacityProviderStrategy")
    if strategy and request.get("launchType"):
        raise invalid_parameter("Specifying both a launch type and capacity provider strategy is not supported.")
    if not strategy and not request.get("launchType"):
        strategy = store.default_capacity_provider_strategy(scope)
    if strategy:
        chosen = max(strategy, key=lambda item: (item.get("base") or 0, item.get("weight") or 0))["capacityProvider"]
        if chosen not in FARGATE_PROVIDERS:
            raise invalid_parameter(f"The specified capacity provider '{chosen}' was not found.")
        return "FARGATE", chosen
    if (request.get("launchType") or "EC2") != "FARGATE":
        raise invalid_parameter("No Container Instances were found in your cluster.")
    return "FARGATE", None


def network_configuration(scope: Scope, definition: Definition, request: dict[str, Any]) -> dict[str, Any]:
    """Returns the request's awsvpcConfiguration. Creates the Docker networks of its subnets.

    Raises InvalidParameterException if there is none, if a subnet does not exist, or if this machine has no free range.
    """
    if "FARGATE" not in definition["compatibilities"]:
        raise invalid_parameter("Task definition does not support launch_type FARGATE.")
    network = (request.get("networkConfiguration") or {}).get("awsvpcConfiguration")
    if not network or not network.get("subnets"):
        raise invalid_parameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
    for subnet in network["subnets"]:
        try:
            interfaces.network_of(scope.account, scope.region, subnet)
        except interfaces.SubnetNotFound as error:
            raise invalid_parameter(
                f"Error retrieving subnet information for [{subnet}]: The subnet ID '{subnet}' does not exist "
                "(ErrorCode: InvalidSubnetID.NotFound)"
            ) from error
        except (NetworkConflict, addresses.SubnetFull) as error:
            raise invalid_parameter(str(error)) from error
    return dict(network)
