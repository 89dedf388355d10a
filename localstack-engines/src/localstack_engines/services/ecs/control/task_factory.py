"""Builds the records of services' tasks."""

from collections.abc import Mapping
from typing import Any

from localstack_engines.services.ecs.control.capacity_strategy import launch_type_of, next_provider
from localstack_engines.services.ecs.deployment_models import Deployment
from localstack_engines.services.ecs.models import Service, Task


def service_task(
    service: Service, deployment: Deployment, definition: dict[str, Any], counts: Mapping[str, int]
) -> Task:
    """Returns a new task of a service's deployment. `definition` is the deployment's task definition.

    `counts` has the number of the deployment's tasks by capacity provider.
    """
    revision = deployment.service_revision
    strategy = revision.get("capacityProviderStrategy")
    return Task(
        scope=service.scope,
        definition=definition,
        group=service.group,
        launch_type=launch_type_of(revision),
        capacity_provider=next_provider(strategy, counts) if strategy else None,
        tags=_tags(service, definition),
        started_by=deployment.id,
        load_balancers=revision.get("loadBalancers") or [],
        enable_execute_command=revision.get("enableExecuteCommand") or False,
    )


def _tags(service: Service, definition: dict[str, Any]) -> list[dict[str, str]]:
    sources = {"SERVICE": service.tags, "TASK_DEFINITION": definition["tags"]}
    propagated = sources.get(service.settings["propagateTags"], [])
    managed = [
        {"key": "aws:ecs:serviceName", "value": service.name},
        {"key": "aws:ecs:clusterName", "value": service.scope.cluster},
    ]
    return [*propagated, *(managed if service.settings["enableECSManagedTags"] else [])]
