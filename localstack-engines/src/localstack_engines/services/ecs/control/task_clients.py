"""boto3 clients for the other AWS services that a task needs."""

from typing import Any

from localstack_engines.services.ecs.models import Task


def task_client(task: Task, service: str, region: str | None = None) -> Any:
    """Returns a client inside LocalStack, in the task's account and in `region` or else the task's region."""
    from localstack.aws.connect import connect_to

    scope = task.scope
    return connect_to(aws_access_key_id=scope.account, region_name=region or scope.region).get_client(service)
