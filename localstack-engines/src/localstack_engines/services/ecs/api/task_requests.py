"""The tasks that RunTask and StartTask ask for."""

from dataclasses import dataclass
from typing import Any

from localstack_engines.services.ecs.api import override_rules
from localstack_engines.services.ecs.control.capacity_strategy import FARGATE_PROVIDERS
from localstack_engines.services.ecs.errors import invalid_parameter
from localstack_engines.services.ecs.models import Scope, Task
from localstack_engines.services.ecs.store import Definition

Request = dict[str, Any]


@dataclass(frozen=True)
class TaskRequest:
    """A request whose task definition was found and whose overrides fit it."""

    scope: Scope
    definition: Definition
    request: Request
    launch_type: str

    def new_task(self, provider: str | None = None) -> Task:
        """Returns the record of a new task, of a capacity provider or else of the launch type."""
        request, definition = self.request, self.definition
        return Task(
            scope=self.scope,
            definition=definition,
            group=request.get("group") or f"family:{definition['family']}",
            launch_type=self.launch_type if provider is None else _launch_type(provider),
            capacity_provider=provider,
            overrides=override_rules.normalized(request.get("overrides") or {}),
            tags=_tags(self.scope, request, definition),
            started_by=request.get("startedBy"),
            reference_id=request.get("referenceId"),
            enable_execute_command=request.get("enableExecuteCommand") or False,
            client_token=request.get("clientToken"),
        )


def checked(scope: Scope, definition: Definition, request: Request, launch_type: str) -> TaskRequest:
    """Raises InvalidParameterException for overrides that do not fit, or for tags that cannot be propagated."""
    if problem := override_rules.problem(definition, request.get("overrides") or {}, launch_type):
        raise invalid_parameter(problem)
    _tags(scope, request, definition)
    return TaskRequest(scope, definition, request, launch_type)


def _launch_type(provider: str) -> str:
    return "FARGATE" if provider in FARGATE_PROVIDERS else "EC2"


def _tags(scope: Scope, request: Request, definition: Definition) -> list[dict[str, str]]:
    source = request.get("propagateTags") or "NONE"
    if source not in ("NONE", "TASK_DEFINITION"):
        raise invalid_parameter(f"A task without a service cannot propagate tags from {source}.")
    inherited = definition["tags"] if source == "TASK_DEFINITION" else []
    managed = [{"key": "aws:ecs:clusterName", "value": scope.cluster}] if request.get("enableECSManagedTags") else []
    return list({tag["key"]: tag for tag in [*inherited, *(request.get("tags") or []), *managed]}.values())
