"""The task metadata endpoint, version 4, which tells a container about itself and its task.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-metadata-endpoint-v4-fargate-response.html
"""

from typing import Any

from localstack_engines.services.ecs.models import Task
from localstack_engines.services.ecs.store import Store

PATH = "/_aws/ecs/v4/<token>"


def serve(store: Store) -> None:
    """Adds the endpoint to LocalStack's gateway. The token in its path is `<task id>-<container>`."""
    from localstack.services.edge import ROUTER

    def find(token: str) -> tuple[Task | None, str]:
        task_id, _, container = token.partition("-")
        return store.tasks.get(task_id), container

    def of_container(request: Any, token: str) -> Any:
        task, container = find(token)
        return _respond(container_metadata(task, container) if task and container in task.containers else None)

    def of_task(request: Any, token: str) -> Any:
        task, _ = find(token)
        return _respond(task_metadata(task) if task else None)

    ROUTER.add(PATH, endpoint=of_container)
    ROUTER.add(f"{PATH}/task", endpoint=of_task)


def container_metadata(task: Task, name: str) -> dict[str, Any]:
    state = task.containers[name]
    definition = next(c for c in task.definition["containerDefinitions"] if c["name"] == name)
    address = task.address
    networks = [{"NetworkMode": task.network_mode, "IPv4Addresses": [address]}] if address else []
    described = {
        "DockerId": state.runtime_id,
        "Name": name,
        "DockerName": name,
        "Image": definition["image"],
        "ImageID": state.image_digest,
        "Labels": {
            "com.amazonaws.ecs.cluster": task.scope.cluster_arn,
            "com.amazonaws.ecs.container-name": name,
            "com.amazonaws.ecs.task-arn": task.arn,
            "com.amazonaws.ecs.task-definition-family": task.definition["family"],
            "com.amazonaws.ecs.task-definition-version": str(task.definition["revision"]),
        },
        "DesiredStatus": task.desired_status,
        "KnownStatus": state.status,
        "ExitCode": state.exit_code,
        "StartedAt": state.started_at.isoformat() if state.started_at else None,
        "FinishedAt": state.finished_at.isoformat() if state.finished_at else None,
        "RestartCount": state.restart_count,
        "Type": "NORMAL",
        "ContainerARN": task.container_arn(name),
        "Health": {"status": state.health},
        "Networks": networks,
    }
    return {key: value for key, value in described.items() if value is not None}


def task_metadata(task: Task) -> dict[str, Any]:
    described = {
        "Cluster": task.scope.cluster_arn,
        "TaskARN": task.arn,
        "Family": task.definition["family"],
        "Revision": str(task.definition["revision"]),
        "DesiredStatus": task.desired_status,
        "KnownStatus": task.status,
        "PullStartedAt": task.pull_started_at.isoformat() if task.pull_started_at else None,
        "PullStoppedAt": task.pull_stopped_at.isoformat() if task.pull_stopped_at else None,
        "AvailabilityZone": task.availability_zone,
        "LaunchType": task.launch_type,
        "ServiceName": task.service_name,
        "Containers": [container_metadata(task, name) for name in task.containers],
    }
    return {key: value for key, value in described.items() if value is not None}


def _respond(body: dict[str, Any] | None) -> Any:
    from rolo import Response

    if body is None:
        return Response("Not found", status=404)
    response = Response()
    response.set_json(body)
    return response
