"""Makes the engine's specification of a task, with secrets and log streams."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from localstack_engines.network import credentials_address
from localstack_engines.network.interfaces import Interface, Place
from localstack_engines.services.ecr import public as ecr
from localstack_engines.services.ecs.control import (
    container_environment,
    container_secrets,
    environment_files,
    task_endpoints,
)
from localstack_engines.services.ecs.control.container_spec_factory import NETWORK_SYSCTLS, container_spec
from localstack_engines.services.ecs.control.task_clients import task_client
from localstack_engines.services.ecs.control.task_volumes import volumes_of
from localstack_engines.services.ecs.engine.errors import TaskFailed
from localstack_engines.services.ecs.engine.task_spec import ContainerSpec, Host, Network, TaskSpec, Volume
from localstack_engines.services.ecs.models import Task
from localstack_engines.toolkit import settings
from localstack_engines.toolkit.log_shipping import awslogs
from localstack_engines.toolkit.log_shipping.log_events import LogSink

_INITIALIZATION_ERROR = "ResourceInitializationError"


def task_spec(task: Task) -> TaskSpec:
    """Returns the specification of a task that has its address.

    Reads secrets and environment files, and creates log streams. Raises TaskFailed.
    """
    task_endpoints.check(task)
    definition = task.effective_definition
    definitions = definition["containerDefinitions"]
    volumes, instance = volumes_of(task), task.container_instance
    with ThreadPoolExecutor(max_workers=len(definitions)) as pool:
        containers = list(pool.map(lambda container: _container(task, definition, container, volumes), definitions))
    place = task.interface or task.place
    return TaskSpec(
        id=task.id,
        containers=containers,
        network=_network(place, definitions) if place else None,
        host=Host(instance.ec2_instance_id, _network(instance.place)) if instance else None,
        ports={host_port: port for (_, port), host_port in task.host_ports.items()},
        volumes=list(volumes.values()),
        shares_processes=definition.get("pidMode") == "task",
    )


def _network(place: Interface | Place, definitions: Sequence[dict[str, Any]] = ()) -> Network:
    resolver = place.network.resolver
    return Network(
        name=place.network.name,
        address=place.address,
        resolver=resolver,
        mac_address=place.mac_address,
        hosts={settings.endpoint_host(): resolver, "host.docker.internal": "host-gateway"},
        sysctls=_network_sysctls(definitions),
        prepare=lambda namespace: credentials_address.open_in(namespace, resolver),
    )


def _network_sysctls(definitions: Sequence[dict[str, Any]]) -> dict[str, str]:
    controls = [control for definition in definitions for control in definition.get("systemControls") or []]
    return {c["namespace"]: c["value"] for c in controls if c["namespace"].startswith(NETWORK_SYSCTLS)}


def _container(
    task: Task,
    task_definition: dict[str, Any],
    definition: dict[str, Any],
    volumes: dict[str, Volume],
) -> ContainerSpec:
    name = definition["name"]
    override = task.container_override(name)
    platform = container_environment.platform_environment(task, name)
    given = {e["name"]: e.get("value", "") for e in definition.get("environment") or []}
    files = override.get("environmentFiles") or definition.get("environmentFiles") or []
    return container_spec(
        definition,
        task_definition,
        volumes=volumes,
        image=ecr.local_reference(definition["image"]),
        environment={**platform, **_from_files(task, files, name), **given, **_secrets(task, definition)},
        override=override,
        log_sink=_log_sink(task, definition),
        registry_credentials=_registry_credentials(task, definition),
    )


def _from_files(task: Task, files: list[dict[str, str]], container: str) -> dict[str, str]:
    if not files:
        return {}
    try:
        return environment_files.read(files, task_client(task, "s3"))
    except environment_files.EnvironmentFileUnavailable as error:
        raise TaskFailed(_INITIALIZATION_ERROR, str(error), container) from error


def _secrets(task: Task, definition: dict[str, Any]) -> dict[str, str]:
    with _secret_errors(definition["name"]):
        return container_secrets.resolve(
            definition.get("secrets") or [], lambda service, region: task_client(task, service, region)
        )


def _registry_credentials(task: Task, definition: dict[str, Any]) -> dict[str, str]:
    secret = (definition.get("repositoryCredentials") or {}).get("credentialsParameter")
    if not secret:
        return {}
    with _secret_errors(definition["name"]):
        return container_secrets.registry_credentials(
            secret, lambda service, region: task_client(task, service, region)
        )


@contextmanager
def _secret_errors(container: str) -> Iterator[None]:
    try:
        yield
    except container_secrets.SecretUnavailable as error:
        message = f"unable to pull secrets or registry auth: {error}"
        raise TaskFailed(_INITIALIZATION_ERROR, message, container) from error


def _log_sink(task: Task, definition: dict[str, Any]) -> LogSink | None:
    configuration = definition.get("logConfiguration")
    if not configuration:
        return None
    name, driver, options = definition["name"], configuration["logDriver"], configuration.get("options") or {}
    if driver != "awslogs":
        raise TaskFailed(_INITIALIZATION_ERROR, f"the local ECS has no log driver {driver}", name)
    try:
        region = options.get("awslogs-region") or task.scope.region
        return awslogs.sink(task_client(task, "logs", region), task.scope.account, region, options, name, task.id)
    except awslogs.LogStreamUnavailable as error:
        raise TaskFailed(_INITIALIZATION_ERROR, str(error), name) from error
