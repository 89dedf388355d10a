"""Operations on tasks."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.ecs.api import descriptions, identifiers, launch_rules, override_rules
from localstack_engines.services.ecs.api.operations import Operations, Request, Response, found_or_missing, includes
from localstack_engines.services.ecs.api.paging import PAGER
from localstack_engines.services.ecs.errors import invalid_parameter, service_not_found
from localstack_engines.services.ecs.models import STOPPED_BY_USER, Scope, Task
from localstack_engines.services.ecs.store import Definition
from localstack_engines.toolkit.errors import ServiceError

_MOST_TASKS = 10
_MOST_DESCRIBED = 100


class TaskOperations(Operations):
    """Runs, stops, describes and lists tasks."""

    def run_task(self, context: RequestContext, request: Request) -> Response:
        scope = self.scope(context, request.get("cluster"))
        token = request.get("clientToken")
        known = [task for task in self.store.tasks_in(scope) if token and task.client_token == token]
        if known:
            return {"tasks": [descriptions.task(task) for task in known], "failures": []}
        number = 1 if request.get("count") is None else request["count"]
        if not 1 <= number <= _MOST_TASKS:
            raise invalid_parameter(f"count must be between 1 and {_MOST_TASKS}")
        definition = self.definition(context, request["taskDefinition"])
        launch_rules.refuse_unsupported(request)
        launch_type, provider = launch_rules.launch_type(self.store, scope, request)
        network = launch_rules.network_configuration(scope, definition, request)
        overrides = request.get("overrides") or {}
        if problem := override_rules.problem(definition, overrides):
            raise invalid_parameter(problem)
        started = [
            Task(
                scope=scope,
                definition=definition,
                group=request.get("group") or f"family:{definition['family']}",
                launch_type=launch_type,
                capacity_provider=provider,
                overrides=override_rules.normalized(overrides),
                tags=_tags(scope, request, definition),
                started_by=request.get("startedBy"),
                reference_id=request.get("referenceId"),
                enable_execute_command=request.get("enableExecuteCommand") or False,
                client_token=token,
            )
            for _ in range(number)
        ]
        for task in started:
            self.runner.start(task, network, [])
        return {"tasks": [descriptions.task(task) for task in started], "failures": []}

    def start_task(self, context: RequestContext, request: Request) -> Response:
        """Refuses the request: StartTask names a container instance, and there are none."""
        self.scope(context, request.get("cluster"))
        self.definition(context, request["taskDefinition"])
        raise invalid_parameter("The referenced container instance was not found. Use RunTask.")

    def stop_task(self, context: RequestContext, request: Request) -> Response:
        scope = self.scope(context, request.get("cluster"))
        task = self._find_task(scope, request["task"])
        if task is None:
            raise invalid_parameter("The referenced task was not found.")
        self.runner.stop(task, STOPPED_BY_USER, request.get("reason") or "Task stopped by user")
        return {"task": descriptions.task(task)}

    def describe_tasks(self, context: RequestContext, request: Request) -> Response:
        scope = self.scope(context, request.get("cluster"))
        found, failures = found_or_missing(scope, "task", request.get("tasks"), self.store.find_task, _MOST_DESCRIBED)
        described = [descriptions.task(task, includes(request, "TAGS")) for task in found]
        return {"tasks": described, "failures": failures}

    def list_tasks(self, context: RequestContext, request: Request) -> Response:
        scope = self.scope(context, request.get("cluster"))
        if request.get("containerInstance"):
            raise invalid_parameter("The referenced container instance was not found.")
        _check_choice(request, "desiredStatus", ("PENDING", "RUNNING", "STOPPED"))
        _check_choice(request, "launchType", ("EC2", "FARGATE", "EXTERNAL", "MANAGED_INSTANCES"))
        name = request.get("serviceName")
        if name:
            name = identifiers.name_of(scope, "service", name)
            if self.store.find_service(scope, name) is None:
                raise service_not_found()
        wanted = {
            "family": request.get("family"),
            "startedBy": request.get("startedBy"),
            "group": f"service:{name}" if name else None,
            "launchType": request.get("launchType"),
            "desiredStatus": request.get("desiredStatus") or "RUNNING",
        }
        tasks = [t for t in self.store.tasks_in(scope) if all(_fields(t)[k] == v for k, v in wanted.items() if v)]
        items, more = PAGER.page([t.arn for t in tasks], request)
        return {"taskArns": items, **more}

    def execute_command(self, context: RequestContext, request: Request) -> Response:
        """Refuses the request: a session needs AWS Session Manager's agent and service, which exist only on AWS."""
        scope = self.scope(context, request.get("cluster"))
        task = self._find_task(scope, request["task"])
        if task is None or task.status != "RUNNING":
            raise invalid_parameter("The specified task is not running.")
        container = task.containers.get(request.get("container") or next(iter(task.containers)))
        if container is None:
            raise invalid_parameter("The specified container does not exist in the task.")
        runtime_id = (container.runtime_id or "")[:12]
        raise ServiceError(
            "TargetNotConnectedException",
            "The execute command failed due to an internal error: the local ECS runs no Session Manager agent. "
            f"Use: docker exec -it {runtime_id} {request['command']}",
        )

    def _find_task(self, scope: Scope, reference: str) -> Task | None:
        return self.store.find_task(scope, identifiers.name_of(scope, "task", reference))


def _fields(task: Task) -> dict[str, Any]:
    return {
        "family": task.definition["family"],
        "startedBy": task.started_by,
        "group": task.group,
        "launchType": task.launch_type,
        "desiredStatus": task.desired_status,
    }


def _tags(scope: Scope, request: Request, definition: Definition) -> list[dict[str, str]]:
    source = request.get("propagateTags") or "NONE"
    if source not in ("NONE", "TASK_DEFINITION"):
        raise invalid_parameter(f"A task without a service cannot propagate tags from {source}.")
    inherited = definition["tags"] if source == "TASK_DEFINITION" else []
    managed = [{"key": "aws:ecs:clusterName", "value": scope.cluster}] if request.get("enableECSManagedTags") else []
    return list({tag["key"]: tag for tag in [*inherited, *(request.get("tags") or []), *managed]}.values())


def _check_choice(request: Request, member: str, choices: tuple[str, ...]) -> None:
    if request.get(member) not in (None, *choices):
        raise invalid_parameter(f"{member} should be one of [{', '.join(choices)}]")
