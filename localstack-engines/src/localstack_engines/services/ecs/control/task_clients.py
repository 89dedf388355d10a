"""boto3 clients for the other AWS services that ECS and its tasks need."""

from typing import Any

from localstack_engines.services.ecs.models import Task


def task_client(task: Task, service: str, region: str | None = None) -> Any:
    """Returns a client inside LocalStack, in the task's account and in `region` or else the task's region."""
    return account_client(task.scope.account, region or task.scope.region, service)


def account_client(account: str, region: str, service: str) -> Any:
    """Returns a client inside LocalStack, in an account and region."""
    from localstack.aws.connect import connect_to

    return connect_to(aws_access_key_id=account, region_name=region).get_client(service)
