"""Builds the records of services' tasks."""

from typing import Any

from localstack_engines.services.ecs.models import Deployment, Service, Task


def service_task(service: Service, deployment: Deployment, definition: dict[str, Any]) -> Task:
    """Returns a new task of a service's deployment. `definition` is the deployment's task definition."""
    revision = deployment.service_revision
    strategy = revision.get("capacityProviderStrategy")
    return Task(
        scope=service.scope,
        definition=definition,
        group=service.group,
        launch_type="FARGATE",
        capacity_provider=strategy[0]["capacityProvider"] if strategy else None,
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
