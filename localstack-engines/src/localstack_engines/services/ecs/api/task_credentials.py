"""The endpoint at which a task gets the credentials of its role. Tasks reach it at 169.254.170.2.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
"""

from typing import Any

from localstack_engines.services.ecs.control.task_clients import task_client
from localstack_engines.services.ecs.control.task_credentials import DURATION, PATH, Session, TaskCredentials
from localstack_engines.services.ecs.models import Task
from localstack_engines.services.ecs.store import Store

_BAD_REQUEST = 400
_UNKNOWN = {"code": "InvalidIdInRequest", "message": "CredentialsV2Request: ID not found", "HTTPErrorCode": 400}


def serve(store: Store) -> None:
    """Adds the endpoint to LocalStack's gateway. Who knows the id in the path gets the credentials, as on AWS."""
    from localstack.services.edge import ROUTER
    from rolo import Response

    credentials = TaskCredentials(store.tasks, _assume_role)

    def answer(request: Any, credentials_id: str) -> Any:
        found = credentials.find(credentials_id)
        response = Response(status=200 if found else _BAD_REQUEST)
        response.set_json(found or _UNKNOWN)
        return response

    ROUTER.add(f"{PATH}/<credentials_id>", endpoint=answer, methods=["GET"])


def _assume_role(task: Task, role: str) -> Session:
    answer = task_client(task, "sts").assume_role(
        RoleArn=role, RoleSessionName=task.id, DurationSeconds=int(DURATION.total_seconds())
    )
    return dict(answer["Credentials"])
