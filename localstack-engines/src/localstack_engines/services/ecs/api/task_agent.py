"""The agent's endpoint, at which a task protects itself from being stopped by its service.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
"""

from typing import Any

from localstack_engines.services.ecs.control.container_environment import AGENT_PATH
from localstack_engines.services.ecs.control.scheduler import Scheduler
from localstack_engines.services.ecs.control.task_protection import DEFAULT_MINUTES, MOST_MINUTES, protect
from localstack_engines.services.ecs.models import Task
from localstack_engines.services.ecs.store import Store

_BAD_REQUEST, _NOT_FOUND = 400, 404


def serve(store: Store, scheduler: Scheduler) -> None:
    """Adds the endpoint to LocalStack's gateway."""
    from localstack.services.edge import ROUTER

    def state(request: Any, token: str) -> Any:
        task = store.tasks.get(token.partition("-")[0])
        if task is None:
            return _respond(
                {"error": {"Code": "ResourceNotFoundException", "Message": "The task is gone."}}, _NOT_FOUND
            )
        if request.method == "PUT":
            problem = _problem(task, request.json)
            if problem:
                error = {"Arn": task.arn, "Code": "InvalidParameterException", "Message": problem}
                return _respond({"error": error}, _BAD_REQUEST)
            minutes = request.json.get("ExpiresInMinutes") or DEFAULT_MINUTES
            protect(task, scheduler, request.json["ProtectionEnabled"], minutes)
        return _respond({"protection": _described(task)})

    ROUTER.add(f"{AGENT_PATH}/<token>/task-protection/v1/state", endpoint=state, methods=["GET", "PUT"])


def _problem(task: Task, body: Any) -> str | None:
    if not task.service_name:
        return "Only a task of a service can be protected."
    if not isinstance(body, dict) or not isinstance(body.get("ProtectionEnabled"), bool):
        return "ProtectionEnabled must be true or false."
    minutes = body.get("ExpiresInMinutes")
    if minutes is not None and not (isinstance(minutes, int) and 1 <= minutes <= MOST_MINUTES):
        return f"ExpiresInMinutes must be between 1 and {MOST_MINUTES}."
    return None


def _described(task: Task) -> dict[str, Any]:
    expiry = {"ExpirationDate": task.protected_until.isoformat()} if task.is_protected and task.protected_until else {}
    return {"TaskArn": task.arn, "ProtectionEnabled": task.is_protected, **expiry}


def _respond(body: dict[str, Any], status: int = 200) -> Any:
    from rolo import Response

    response = Response(status=status)
    response.set_json(body)
    return response
