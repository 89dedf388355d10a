"""Registers tasks in Cloud Map, as ECS service discovery does.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-discovery.html
"""

import logging
from typing import Any

from botocore.exceptions import ClientError

from localstack_engines.services.ecs.models import Task

LOG = logging.getLogger(__name__)


class CloudMapRegistration:
    """Registers a task as an instance of its service's Cloud Map services, and reports the task's health to them."""

    def __init__(self, client: Any, registries: list[dict[str, Any]], service_name: str) -> None:
        self._client = client
        self._registries = registries
        self._service_name = service_name
        self._registered: dict[str, str] = {}
        """The health that was reported last, by the Cloud Map service's id."""

    def register(self, task: Task) -> None:
        for registry in self._registries:
            service_id = registry["registryArn"].rsplit("/", 1)[-1]
            health = _status(task)
            attributes = attributes_of(task, registry, self._service_name) | {"AWS_INIT_HEALTH_STATUS": health}
            self._client.register_instance(ServiceId=service_id, InstanceId=task.id, Attributes=attributes)
            self._registered[service_id] = health

    def update(self, task: Task) -> None:
        """Reports the task's health to the services that were told another one."""
        health = _status(task)
        for service_id, reported in list(self._registered.items()):
            if reported == health:
                continue
            self._registered[service_id] = health
            try:
                self._client.update_instance_custom_health_status(
                    ServiceId=service_id, InstanceId=task.id, Status=health
                )
            except ClientError as error:
                # A Cloud Map service without a custom health check refuses the call.
                if error.response["Error"]["Code"] != "CustomHealthNotFound":
                    LOG.warning("cannot report the health of task %s to Cloud Map: %s", task.id, error)

    def deregister(self, task: Task) -> None:
        for service_id in list(self._registered):
            del self._registered[service_id]
            try:
                self._client.deregister_instance(ServiceId=service_id, InstanceId=task.id)
            except ClientError as error:
                LOG.info("task %s was not registered any more: %s", task.id, error)


def attributes_of(task: Task, registry: dict[str, Any], service_name: str) -> dict[str, str]:
    """Returns the attributes that ECS gives an instance."""
    instance = task.container_instance
    in_bridge = instance is not None and task.network_mode == "bridge"
    attributes = {
        # A task in the bridge network is reached at its instance.
        "AWS_INSTANCE_IPV4": (instance.place.address if instance and in_bridge else task.address) or "",
        "AVAILABILITY_ZONE": task.availability_zone or "",
        "REGION": task.scope.region,
        "ECS_CLUSTER_NAME": task.scope.cluster,
        "ECS_SERVICE_NAME": service_name,
        "ECS_TASK_DEFINITION_FAMILY": task.definition["family"],
    }
    if instance is not None:
        attributes["EC2_INSTANCE_ID"] = instance.ec2_instance_id
    port = registry.get("containerPort") or registry.get("port") or _first_port(task, registry.get("containerName"))
    if in_bridge:
        port = next((host for (_, inner), host in task.host_ports.items() if inner == port), port)
    return attributes | ({"AWS_INSTANCE_PORT": str(port)} if port else {})


def _first_port(task: Task, container: str | None) -> int | None:
    for definition in task.definition["containerDefinitions"]:
        if container in (None, definition["name"]):
            for mapping in definition.get("portMappings") or []:
                return int(mapping["containerPort"])
    return None


def _status(task: Task) -> str:
    """Returns the task's health. A task without a health check is healthy from the start."""
    return "HEALTHY" if task.health == "HEALTHY" or not task.has_health_check else "UNHEALTHY"
