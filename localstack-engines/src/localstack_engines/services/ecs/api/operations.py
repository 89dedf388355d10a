"""The base of all groups of ECS operations: the store, what runs tasks, and the look-ups."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from localstack.aws.api import RequestContext

from localstack_engines.services.ecs.api import identifiers
from localstack_engines.services.ecs.control.container_instances import ContainerInstances
from localstack_engines.services.ecs.control.exec_sessions import ExecSessions
from localstack_engines.services.ecs.control.scheduler import Scheduler
from localstack_engines.services.ecs.control.task_placer import TaskPlacer
from localstack_engines.services.ecs.control.task_runner import TaskRunner
from localstack_engines.services.ecs.errors import client_exception, cluster_not_found, invalid_parameter
from localstack_engines.services.ecs.models import Scope
from localstack_engines.services.ecs.store import Definition, Store

Request = dict[str, Any]
Response = dict[str, Any]

Found = TypeVar("Found")


class Operations:
    """Finds what requests name."""

    def __init__(
        self, store: Store, runner: TaskRunner, scheduler: Scheduler, instances: ContainerInstances, placer: TaskPlacer
    ) -> None:
        self.store = store
        self.runner = runner
        self.scheduler = scheduler
        self.instances = instances
        self.placer = placer
        self.exec_sessions = ExecSessions()

    def scope(self, context: RequestContext, cluster: str | None) -> Scope:
        """Returns the scope of a cluster. Raises ClusterNotFoundException unless the cluster exists and is ACTIVE."""
        scope = cluster_scope(context, cluster)
        if not self.store.is_active_cluster(scope):
            raise cluster_not_found()
        return scope

    def definition(self, context: RequestContext, reference: str, *, allow_inactive: bool = False) -> Definition:
        """Returns a task definition by its ARN, `family:revision`, or family (its latest ACTIVE revision).

        Raises ClientException if there is none, or if it is not ACTIVE and not `allow_inactive`: only a service that
        already uses an INACTIVE one may keep it (API_DeregisterTaskDefinition).
        """
        scope = account_scope(context)
        name = identifiers.name_of(scope, "task-definition", reference)
        found = self.store.find_definition(scope.account, scope.region, name)
        if found is None:
            raise client_exception("TaskDefinition not found.")
        if found["status"] != "ACTIVE" and not allow_inactive:
            raise client_exception("TaskDefinition is inactive")
        return found


def account_scope(context: RequestContext) -> Scope:
    """Returns the scope of what belongs to no cluster."""
    return Scope(context.account_id, context.region, "")


def cluster_scope(context: RequestContext, cluster: str | None) -> Scope:
    """Returns the scope of a cluster by its name or ARN, whether it exists or not. The default is `default`."""
    scope = account_scope(context)
    return Scope(scope.account, scope.region, identifiers.name_of(scope, "cluster", cluster or "default"))


def found_or_missing(
    scope: Scope, kind: str, references: Sequence[str] | None, find: Callable[[Scope, str], Found | None], most: int
) -> tuple[list[Found], list[dict[str, str]]]:
    """Returns what `find` finds by the references (names or ARNs), and a failure for each other reference.

    Raises InvalidParameterException for no reference, or for more than `most`.
    """
    plural = f"{kind.capitalize()}s"
    if not references:
        raise invalid_parameter(f"{plural} cannot be empty.")
    if len(references) > most:
        raise invalid_parameter(f"{plural} cannot have more than {most} elements.")
    found, failures = [], []
    for reference in references:
        name = identifiers.name_of(scope, kind, reference)
        one = find(scope, name)
        if one is not None:
            found.append(one)
        else:
            failures.append({"arn": scope.arn(kind, scope.cluster, name), "reason": "MISSING"})
    return found, failures


def includes(request: Request, what: str) -> bool:
    """Returns whether the request's `include` asks for this part of the response."""
    return what in (request.get("include") or [])
