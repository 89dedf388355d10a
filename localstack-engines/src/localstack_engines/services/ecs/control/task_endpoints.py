"""What Fargate itself calls for a task, from the task's own interface: registry, secrets and logs.

Sources: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-services-networking
and https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from localstack_engines.network.endpoints import reachability
from localstack_engines.network.endpoints.names import endpoint_service
from localstack_engines.services.ecs.engine.errors import TaskFailed
from localstack_engines.services.ecs.models import Task

_INITIALIZATION_ERROR, _PULL_ERROR = "ResourceInitializationError", "CannotPullContainerError"
_SECRETS = "unable to pull secrets or registry auth: execution resource retrieval failed"
_ECR_IMAGE = re.compile(r"\d{12}\.dkr\.ecr\.([a-z0-9-]+)\.")


@dataclass(frozen=True)
class Need:
    """An API that a container needs before it starts, by its endpoint service, and the error of a task without it."""

    container: str
    service: str
    kind: str
    message: str


def check(task: Task) -> None:
    """Raises TaskFailed for the first API that a Fargate task does not reach."""
    if task.launch_type != "FARGATE" or task.interface is None:
        return
    for need in needs(task.effective_definition, task.scope.region):
        problem = reachability.path_from(task.interface.address, need.service).problem
        if problem:
            raise TaskFailed(need.kind, f"{need.message}: i/o timeout ({problem})", need.container)


def needs(definition: dict[str, Any], region: str) -> Iterator[Need]:
    """Yields what the containers of a task definition need, in the order in which Fargate calls (pure)."""
    containers = definition["containerDefinitions"]
    for container in containers:
        name = container["name"]
        for reference in _secrets(container):
            service, place = _secret_service(reference, region)
            yield _need(name, service, place, _INITIALIZATION_ERROR, f"{_SECRETS}: unable to retrieve {reference}")
        if registry := _ecr_region(container):
            message = f"{_SECRETS}: unable to retrieve ecr registry auth"
            yield _need(name, "api.ecr", registry, _INITIALIZATION_ERROR, message)
    for container in containers:
        name, image = container["name"], container["image"]
        if registry := _ecr_region(container):
            yield _need(
                name, "ecr.dkr", registry, _PULL_ERROR, f"pull image manifest has been retried 5 time(s): {image}"
            )
            yield _need(name, "s3", registry, _PULL_ERROR, f"ref pull has been retried 5 time(s): {image}")
        for file in container.get("environmentFiles") or []:
            message = f"failed to download env files: {file['value']}"
            yield _need(name, "s3", region, _INITIALIZATION_ERROR, message)
    for container in containers:
        logging = container.get("logConfiguration") or {}
        if logging.get("logDriver") == "awslogs":
            place = (logging.get("options") or {}).get("awslogs-region") or region
            message = "failed to validate logger args: create stream has been retried 1 times"
            yield _need(container["name"], "logs", place, _INITIALIZATION_ERROR, message)


def _need(container: str, prefix: str, region: str, kind: str, message: str) -> Need:
    return Need(container, endpoint_service(prefix, region), kind, message)


def _secrets(container: dict[str, Any]) -> list[str]:
    credentials = (container.get("repositoryCredentials") or {}).get("credentialsParameter")
    references = [secret["valueFrom"] for secret in container.get("secrets") or []]
    return [credentials, *references] if credentials else references


def _secret_service(reference: str, region: str) -> tuple[str, str]:
    """Returns the service that has a secret, and its region. The name of a parameter of Systems Manager is no ARN."""
    parts = reference.split(":")
    if parts[0] != "arn":
        return "ssm", region
    return parts[2], parts[3]


def _ecr_region(container: dict[str, Any]) -> str | None:
    found = _ECR_IMAGE.match(container["image"])
    return found[1] if found else None
