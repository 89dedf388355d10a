"""Descriptions of container instances, in the API's spelling (pure)."""

from typing import Any

from localstack_engines.services.ecs.api.descriptions import count_tasks
from localstack_engines.services.ecs.control.placement import RESERVED_PORTS, Candidate
from localstack_engines.services.ecs.instance_models import ContainerInstance, Resources
from localstack_engines.services.ecs.models import Task

Json = dict[str, Any]


def container_instance(record: ContainerInstance, tasks: list[Task], with_tags: bool = True) -> Json:
    """Returns an instance as DescribeContainerInstances shows it. `tasks` are those that it has."""
    running, pending = count_tasks(tasks)
    candidate = Candidate(record, tasks)
    described: Json = {
        "containerInstanceArn": record.arn,
        "ec2InstanceId": record.ec2_instance_id,
        "capacityProviderName": record.capacity_provider,
        "version": record.version,
        "versionInfo": {},
        "registeredResources": _resources(record.resources, RESERVED_PORTS),
        "remainingResources": _resources(candidate.remaining, candidate.ports),
        "status": record.status,
        "agentConnected": record.is_connected,
        "runningTasksCount": running,
        "pendingTasksCount": pending,
        "attributes": [_attribute(name, value) for name, value in record.attributes.items()],
        "attachments": [],
        "registeredAt": record.registered_at,
        "tags": record.tags if with_tags else [],
    }
    return {key: value for key, value in described.items() if value is not None}


def _resources(resources: Resources, ports: set[int] | frozenset[int]) -> list[Json]:
    """Returns the resources. Of ports, these are the ones that are taken."""
    return [
        {"name": "CPU", "type": "INTEGER", "integerValue": resources.cpu},
        {"name": "MEMORY", "type": "INTEGER", "integerValue": resources.memory},
        {"name": "PORTS", "type": "STRINGSET", "stringSetValue": [str(port) for port in sorted(ports)]},
        {"name": "PORTS_UDP", "type": "STRINGSET", "stringSetValue": []},
    ]


def _attribute(name: str, value: str | None) -> Json:
    return {"name": name} if value is None else {"name": name, "value": value}
