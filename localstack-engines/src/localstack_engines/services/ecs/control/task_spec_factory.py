"""Makes the engine's specification of a task, with secrets, credentials and log streams."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from localstack_engines.services.ecr import public as ecr
from localstack_engines.services.ecs.control import container_environment, container_secrets
from localstack_engines.services.ecs.control.container_spec_factory import container_spec
from localstack_engines.services.ecs.control.task_clients import task_client
from localstack_engines.services.ecs.engine.errors import TaskFailed
from localstack_engines.services.ecs.engine.task_spec import ContainerSpec, Network, TaskSpec
from localstack_engines.services.ecs.models import Task
from localstack_engines.toolkit import settings
from localstack_engines.toolkit.log_shipping import awslogs
from localstack_engines.toolkit.log_shipping.log_events import LogSink

_INITIALIZATION_ERROR = "ResourceInitializationError"


def task_spec(task: Task) -> TaskSpec:
    """Returns the specification of a task that has its network interface.

    Reads secrets, assumes the task's role and creates log streams. Raises TaskFailed.
    """
    interface = task.interface
    assert interface is not None
    definitions = task.definition["containerDefinitions"]
    credentials = container_environment.task_credentials(task_client(task, "sts"), task)
    with ThreadPoolExecutor(max_workers=len(definitions)) as pool:
        containers = list(pool.map(lambda definition: _container(task, definition, credentials), definitions))
    resolver = interface.network.resolver
    return TaskSpec(
        id=task.id,
        containers=containers,
        network=Network(
            name=interface.network.name,
            address=interface.address,
            resolver=resolver,
            mac_address=interface.mac_address,
            hosts={settings.endpoint_host(): resolver, "host.docker.internal": "host-gateway"},
        ),
        volumes=[volume["name"] for volume in task.definition.get("volumes") or []],
    )


def _container(task: Task, definition: dict[str, Any], credentials: dict[str, str]) -> ContainerSpec:
    name = definition["name"]
    overrides = (task.overrides or {}).get("containerOverrides") or []
    platform = container_environment.platform_environment(task, name, credentials)
    given = {e["name"]: e.get("value", "") for e in definition.get("environment") or []}
    return container_spec(
        definition,
        task.definition,
        task_id=task.id,
        image=ecr.local_reference(definition["image"]),
        environment={**platform, **given, **_secrets(task, definition)},
        override=next((o for o in overrides if o.get("name") == name), {}),
        log_sink=_log_sink(task, definition),
    )


def _secrets(task: Task, definition: dict[str, Any]) -> dict[str, str]:
    try:
        return container_secrets.resolve(
            definition.get("secrets") or [], lambda service, region: task_client(task, service, region)
        )
    except container_secrets.SecretUnavailable as error:
        message = f"unable to pull secrets or registry auth: {error}"
        raise TaskFailed(_INITIALIZATION_ERROR, message, definition["name"]) from error


def _log_sink(task: Task, definition: dict[str, Any]) -> LogSink | None:
    configuration = definition.get("logConfiguration")
    if not configuration:
        return None
    name, driver, options = definition["name"], configuration["logDriver"], configuration.get("options") or {}
    if driver != "awslogs":
        raise TaskFailed(_INITIALIZATION_ERROR, f"the local ECS has no log driver {driver}", name)
    try:
        return awslogs.sink(task_client(task, "logs", options.get("awslogs-region")), options, name, task.id)
    except awslogs.LogStreamUnavailable as error:
        raise TaskFailed(_INITIALIZATION_ERROR, str(error), name) from error
