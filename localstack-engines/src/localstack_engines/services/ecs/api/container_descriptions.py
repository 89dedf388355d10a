"""Descriptions of the containers of tasks, in the API's spelling (pure)."""

from typing import Any

from localstack_engines.services.ecs.engine.container_state import ContainerState
from localstack_engines.services.ecs.models import Task

Json = dict[str, Any]

_OVERRIDABLE_SIZES = ("cpu", "memory", "memoryReservation")


def container(record: Task, definition: Json) -> Json:
    """Returns a container as DescribeTasks shows it. `definition` is its part of the task definition."""
    state = record.containers.get(definition["name"])
    interface, override = record.interface, record.container_override(definition["name"])
    definition = {**definition, **{k: v for k, v in override.items() if k in _OVERRIDABLE_SIZES and v is not None}}
    described = {
        "containerArn": record.container_arn(definition["name"]),
        "taskArn": record.arn,
        "name": definition["name"],
        "image": definition["image"],
        "cpu": str(definition.get("cpu") or 0),
        "memory": str(definition["memory"]) if definition.get("memory") else None,
        "memoryReservation": str(definition["memoryReservation"]) if definition.get("memoryReservation") else None,
        "networkBindings": _bindings(record, definition["name"]),
        "networkInterfaces": (
            [{"attachmentId": record.attachment_id, "privateIpv4Address": interface.address}] if interface else []
        ),
        "lastStatus": state.status if state else "PENDING",
        "healthStatus": state.health if state else "UNKNOWN",
        "exitCode": state.exit_code if state else None,
        "reason": state.reason if state else None,
        "runtimeId": state.runtime_id if state else None,
        "imageDigest": state.image_digest if state else None,
        "managedAgents": [_agent(state)] if state and record.enable_execute_command else None,
    }
    return {key: value for key, value in described.items() if value is not None}


def _bindings(record: Task, container: str) -> list[Json]:
    """Returns the ports of the container instance that lead to a container."""
    return [
        {"bindIP": "0.0.0.0", "containerPort": port, "hostPort": host_port, "protocol": "tcp"}  # noqa: S104
        for (name, port), host_port in record.host_ports.items()
        if name == container
    ]


def _agent(state: ContainerState) -> Json:
    """Returns the agent of ExecuteCommand. Docker does its work, so it runs when the container does."""
    agent = {"name": "ExecuteCommandAgent", "lastStatus": state.status}
    return agent | ({"lastStartedAt": state.started_at} if state.started_at else {})
