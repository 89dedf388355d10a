"""The base of all groups of ECS operations: the store, the task runner, the scheduler, and the look-ups."""

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from localstack.aws.api import RequestContext

from localstack_engines.services.ecs.control.scheduler import Scheduler
from localstack_engines.services.ecs.control.task_runner import TaskRunner
from localstack_engines.services.ecs.errors import client_exception, cluster_not_found
from localstack_engines.services.ecs.models import Scope
from localstack_engines.services.ecs.store import Definition, Store

Request = dict[str, Any]
Response = dict[str, Any]

Found = TypeVar("Found")


class Operations:
    """Finds what requests name."""

    def __init__(self, store: Store, runner: TaskRunner, scheduler: Scheduler) -> None:
        self.store = store
        self.runner = runner
        self.scheduler = scheduler

    def scope(self, context: RequestContext, cluster: str | None) -> Scope:
        """Returns the scope of a cluster. Raises ClusterNotFoundException unless the cluster exists and is ACTIVE."""
        scope = Scope(context.account_id, context.region, (cluster or "default").rsplit("/", 1)[-1])
        if not self.store.is_active_cluster(scope):
            raise cluster_not_found()
        return scope

    def definition(self, context: RequestContext, reference: str, *, allow_inactive: bool = False) -> Definition:
        """Returns a task definition by its ARN, `family:revision`, or family (its latest ACTIVE revision).

        Raises ClientException if there is none, or if it is INACTIVE and not `allow_inactive`: only a service that
        already uses an INACTIVE one may keep it (API_DeregisterTaskDefinition).
        """
        found = self.store.find_definition(context.account_id, context.region, reference)
        if found is None:
            raise client_exception("TaskDefinition not found.")
        if found["status"] != "ACTIVE" and not allow_inactive:
            raise client_exception("TaskDefinition is inactive")
        return found


def found_or_missing(
    scope: Scope, kind: str, references: Iterable[str] | None, find: Callable[[Scope, str], Found | None]
) -> tuple[list[Found], list[dict[str, str]]]:
    """Returns what `find` finds by the references (names or ARNs), and a failure for each other reference."""
    found, failures = [], []
    for reference in references or ():
        one = find(scope, reference)
        if one is not None:
            found.append(one)
        else:
            failures.append({"arn": scope.arn(kind, scope.cluster, reference.rsplit("/", 1)[-1]), "reason": "MISSING"})
    return found, failures


def includes(request: Request, what: str) -> bool:
    """Returns whether the request's `include` asks for this part of the response."""
    return what in (request.get("include") or [])
