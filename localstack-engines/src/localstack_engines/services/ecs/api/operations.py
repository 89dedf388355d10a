"""What all operations share: look-ups, paging, validation of what tasks and services are started with."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from localstack.aws.api import RequestContext

from localstack_engines.network import addresses, interfaces
from localstack_engines.network.networks import NetworkConflict
from localstack_engines.services.ecs import errors
from localstack_engines.services.ecs.models import Scope
from localstack_engines.services.ecs.store import Store, moto_backend

Request = dict[str, Any]
Response = dict[str, Any]

Found = TypeVar("Found")

FARGATE_PROVIDERS = ("FARGATE", "FARGATE_SPOT")


class Operations:
    """Base of the operation groups."""

    store: Store

    def scope(self, context: RequestContext, cluster: str | None) -> Scope:
        """The cluster's scope. Raises ClusterNotFoundException unless it is there and ACTIVE."""
        name = (cluster or "default").rsplit("/", 1)[-1]
        found = moto_backend(context.account_id, context.region).clusters.get(name)
        if found is None or found.status != "ACTIVE":
            raise errors.cluster_not_found()
        return Scope(context.account_id, context.region, name)


def definition(account: str, region: str, reference: str, *, inactive_too: bool = False) -> dict[str, Any]:
    """A task definition by ARN, `family:revision` or family (its latest ACTIVE revision).

    Raises ClientException when there is none, or it is INACTIVE: that is good enough only for the services that use
    it already (API_DeregisterTaskDefinition).
    """
    families = moto_backend(account, region).task_definitions
    family, _, revision = reference.rsplit("/", 1)[-1].partition(":")
    revisions = families.get(family) or {}
    if revision:
        found = revisions.get(int(revision)) if revision.isdigit() else None
    else:
        found = next((revisions[r] for r in sorted(revisions, reverse=True) if revisions[r].status == "ACTIVE"), None)
    if found is None:
        raise errors.client_exception("TaskDefinition not found.")
    if found.status != "ACTIVE" and not inactive_too:
        raise errors.client_exception("TaskDefinition is inactive")
    return to_definition(found)


def to_definition(found: Any) -> dict[str, Any]:
    """Moto's record in the API's spelling."""
    return {
        "taskDefinitionArn": found.arn,
        "family": found.family,
        "revision": found.revision,
        "containerDefinitions": found.container_definitions,
        "networkMode": found.network_mode,
        "compatibilities": found.compatibilities,
        "volumes": found.volumes or [],
        "cpu": found.cpu,
        "memory": found.memory,
        "taskRoleArn": getattr(found, "task_role_arn", None),
        "executionRoleArn": getattr(found, "execution_role_arn", None),
        "ephemeralStorage": found.ephemeral_storage,
        "tags": found.tags or [],
    }


def launch_of(context: RequestContext, scope: Scope, request: Request) -> tuple[str, str | None]:
    """(launch type, capacity provider). Only Fargate runs anything here: there are no container instances."""
    strategy = request.get("capacityProviderStrategy")
    if strategy and request.get("launchType"):
        raise errors.invalid_parameter("Specifying both a launch type and capacity provider strategy is not supported.")
    if not strategy and not request.get("launchType"):
        cluster = moto_backend(context.account_id, context.region).clusters[scope.cluster]
        strategy = cluster.default_capacity_provider_strategy
    if strategy:
        chosen = max(strategy, key=lambda item: (item.get("base") or 0, item.get("weight") or 0))["capacityProvider"]
        if chosen not in FARGATE_PROVIDERS:
            raise errors.invalid_parameter(f"The specified capacity provider '{chosen}' was not found.")
        return "FARGATE", chosen
    if (request.get("launchType") or "EC2") != "FARGATE":
        raise errors.invalid_parameter("No Container Instances were found in your cluster.")
    return "FARGATE", None


def network_of(context: RequestContext, task_definition: dict[str, Any], request: Request) -> dict[str, Any]:
    """The awsvpcConfiguration, with the subnets' Docker networks made.

    Raises InvalidParameterException: no configuration, unknown subnet, or an address range that this machine uses.
    """
    if "FARGATE" not in task_definition["compatibilities"]:
        raise errors.invalid_parameter("Task definition does not support launch_type FARGATE.")
    network = (request.get("networkConfiguration") or {}).get("awsvpcConfiguration")
    if not network or not network.get("subnets"):
        raise errors.invalid_parameter("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
    for subnet in network["subnets"]:
        try:
            interfaces.network_of(context.account_id, context.region, subnet)
        except interfaces.SubnetNotFound as error:
            raise errors.invalid_parameter(
                f"Error retrieving subnet information for [{subnet}]: The subnet ID '{subnet}' does not exist "
                "(ErrorCode: InvalidSubnetID.NotFound)"
            ) from error
        except (NetworkConflict, addresses.SubnetFull) as error:
            raise errors.invalid_parameter(str(error)) from error
    return dict(network)


def found_or_missing(
    scope: Scope, kind: str, references: Iterable[str] | None, find: Callable[[Scope, str], Found | None]
) -> tuple[list[Found], list[dict[str, str]]]:
    """What the references (names or ARNs of services or tasks) name, and ECS's failures for those that name nothing."""
    found, failures = [], []
    for reference in references or ():
        one = find(scope, reference)
        if one is not None:
            found.append(one)
        else:
            failures.append({"arn": scope.arn(kind, scope.cluster, reference.rsplit("/", 1)[-1]), "reason": "MISSING"})
    return found, failures


def page(items: list[Any], request: Request) -> tuple[list[Any], dict[str, str]]:
    """One page of at most maxResults (100), and {"nextToken": ...} while there is more."""
    token = request.get("nextToken") or "0"
    if not token.isdigit():
        raise errors.invalid_parameter("Invalid token")
    start, size = int(token), request.get("maxResults") or 100
    more = {"nextToken": str(start + size)} if start + size < len(items) else {}
    return items[start : start + size], more


def wants(request: Request, what: str) -> bool:
    return what in (request.get("include") or [])
