"""Operations on tasks."""

import functools
import operator
from collections import Counter
from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.ecs.api import descriptions, identifiers, launch_rules, task_requests
from localstack_engines.services.ecs.api.operations import Operations, Request, Response, found_or_missing, includes
from localstack_engines.services.ecs.api.paging import PAGER
from localstack_engines.services.ecs.control.capacity_strategy import next_provider
from localstack_engines.services.ecs.control.placement import NotPlaced, Placement
from localstack_engines.services.ecs.errors import invalid_parameter, service_not_found
from localstack_engines.services.ecs.instance_models import ACTIVE
from localstack_engines.services.ecs.models import STOPPED_BY_USER, Scope, Task

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
        launch = launch_rules.launch(self.store, scope, request)
        network = launch_rules.network_configuration(scope, definition, request, launch.type)
        wanted = task_requests.checked(scope, definition, request, launch.type)
        if launch.type == "EC2" and not launch.strategy:
            self._check_instances(scope)
        placement = Placement(request.get("placementConstraints") or [], request.get("placementStrategy") or [])
        started: list[Task] = []
        failures: list[Response] = []
        for _ in range(number):
            counts = Counter(task.capacity_provider or "" for task in started)
            task = wanted.new_task(next_provider(launch.strategy, counts) if launch.strategy else None)
            if problems := self._begin(task, network, placement):
                failures += problems
            else:
                started.append(task)
        return {"tasks": [descriptions.task(task) for task in started], "failures": failures}

    def start_task(self, context: RequestContext, request: Request) -> Response:
        """Starts a task on each of the container instances that the request names."""
        scope = self.scope(context, request.get("cluster"))
        self.instances.refresh(scope.account, scope.region)
        if not 1 <= len(request["containerInstances"]) <= _MOST_TASKS:
            raise invalid_parameter(f"Give 1 to {_MOST_TASKS} container instances.")
        definition = self.definition(context, request["taskDefinition"])
        launch_rules.refuse_unsupported(request)
        network = launch_rules.network_configuration(scope, definition, request, "EC2")
        wanted = task_requests.checked(scope, definition, request, "EC2")
        started: list[Task] = []
        failures: list[Response] = []
        for reference in request["containerInstances"]:
            name = identifiers.name_of(scope, "container-instance", reference)
            instance = self.store.find_instance(scope, name)
            if instance is None or instance.status != ACTIVE:
                failures.append({"arn": scope.arn("container-instance", scope.cluster, name), "reason": "MISSING"})
                continue
            task = wanted.new_task()
            if problems := self._begin(task, network, Placement(only=functools.partial(operator.is_, instance))):
                failures += problems
            else:
                started.append(task)
        return {"tasks": [descriptions.task(task) for task in started], "failures": failures}

    def _check_instances(self, scope: Scope) -> None:
        self.instances.refresh(scope.account, scope.region)
        if not self.instances.candidates(scope):
            raise invalid_parameter("No Container Instances were found in your cluster.")

    def _begin(self, task: Task, network: Response, placement: Placement) -> list[Response]:
        """Places a task and starts it. Returns the failures if it has no place."""
        with self.store.lock:
            if task.launch_type == "EC2":
                try:
                    self.placer.place(task, placement)
                except NotPlaced as error:
                    found = [{"arn": one.arn, "reason": reason} for one, reason in error.failures]
                    return found or [{"reason": "No Container Instances were found in your capacity provider."}]
            self.runner.start(task, network, [])
        return []

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
        instance = request.get("containerInstance")
        if instance:
            instance = identifiers.name_of(scope, "container-instance", instance)
            if self.store.find_instance(scope, instance) is None:
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
            "containerInstance": instance,
        }
        tasks = [t for t in self.store.tasks_in(scope) if all(_fields(t)[k] == v for k, v in wanted.items() if v)]
        items, more = PAGER.page([t.arn for t in tasks], request)
        return {"taskArns": items, **more}

    def _find_task(self, scope: Scope, reference: str) -> Task | None:
        return self.store.find_task(scope, identifiers.name_of(scope, "task", reference))


def _fields(task: Task) -> dict[str, Any]:
    return {
        "family": task.definition["family"],
        "startedBy": task.started_by,
        "group": task.group,
        "launchType": task.launch_type,
        "desiredStatus": task.desired_status,
        "containerInstance": task.container_instance.id if task.container_instance else None,
    }


def _check_choice(request: Request, member: str, choices: tuple[str, ...]) -> None:
    if request.get(member) not in (None, *choices):
        raise invalid_parameter(f"{member} should be one of [{', '.join(choices)}]")
