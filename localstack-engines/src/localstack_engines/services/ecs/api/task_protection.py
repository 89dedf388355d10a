"""Operations on the protection of tasks from being stopped by their service."""

from localstack.aws.api import RequestContext

from localstack_engines.services.ecs.api import identifiers
from localstack_engines.services.ecs.api.operations import Operations, Request, Response
from localstack_engines.services.ecs.control.task_protection import DEFAULT_MINUTES, MOST_MINUTES, protect
from localstack_engines.services.ecs.errors import invalid_parameter
from localstack_engines.services.ecs.models import Scope, Task

_MOST_TASKS = 10


class TaskProtectionOperations(Operations):
    """Gets and updates the protection of services' tasks."""

    def update_task_protection(self, context: RequestContext, request: Request) -> Response:
        scope = self.scope(context, request["cluster"])
        minutes = request.get("expiresInMinutes") or DEFAULT_MINUTES
        if not 1 <= minutes <= MOST_MINUTES:
            raise invalid_parameter(f"expiresInMinutes must be between 1 and {MOST_MINUTES}.")
        tasks, failures = self._service_tasks(scope, request["tasks"])
        for task in tasks:
            protect(task, self.scheduler, request["protectionEnabled"], minutes)
        return {"protectedTasks": [_described(task) for task in tasks], "failures": failures}

    def get_task_protection(self, context: RequestContext, request: Request) -> Response:
        scope = self.scope(context, request["cluster"])
        references = request.get("tasks")
        if references:
            tasks, failures = self._service_tasks(scope, references)
        else:
            tasks, failures = [t for t in self.store.tasks_in(scope) if t.is_wanted and t.service_name], []
        return {"protectedTasks": [_described(task) for task in tasks], "failures": failures}

    def _service_tasks(self, scope: Scope, references: list[str]) -> tuple[list[Task], list[Response]]:
        """Returns the running tasks of services among these, and a failure for each other one."""
        if not 1 <= len(references) <= _MOST_TASKS:
            raise invalid_parameter(f"Give 1 to {_MOST_TASKS} tasks.")
        tasks, failures = [], []
        for reference in references:
            name = identifiers.name_of(scope, "task", reference)
            task = self.store.find_task(scope, name)
            if task is None or not task.is_wanted:
                failures.append({"arn": scope.arn("task", scope.cluster, name), "reason": "MISSING"})
            elif not task.service_name:
                failures.append({"arn": task.arn, "reason": "TASK_NOT_VALID", "detail": "The task is of no service."})
            else:
                tasks.append(task)
        return tasks, failures


def _described(task: Task) -> Response:
    expiry = {"expirationDate": task.protected_until} if task.is_protected else {}
    return {"taskArn": task.arn, "protectionEnabled": task.is_protected, **expiry}
