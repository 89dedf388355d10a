"""The Docker volumes behind the volumes of a task definition.

A volume without a host path lives as long as its task. One with a path of the container instance, or a Docker volume
with the scope `shared`, belongs to the instance: the tasks there share it, and it lives as long as the instance. One of
EFS shows a directory of the file system.
"""

import re
from dataclasses import astuple
from typing import Any

from localstack_engines.services.ecs.engine.errors import TaskFailed
from localstack_engines.services.ecs.engine.task_spec import Directory, Volume
from localstack_engines.services.ecs.models import Task
from localstack_engines.services.efs import public as efs
from localstack_engines.toolkit import settings


def volumes_of(task: Task) -> dict[str, Volume]:
    """Returns the Docker volumes by the names in the task definition. Raises TaskFailed."""
    return {volume["name"]: _volume(volume, task) for volume in task.definition.get("volumes") or []}


def _volume(volume: dict[str, Any], task: Task) -> Volume:
    path = (volume.get("host") or {}).get("sourcePath")
    docker, file_system = volume.get("dockerVolumeConfiguration") or {}, volume.get("efsVolumeConfiguration")
    host = task.container_instance.ec2_instance_id if task.container_instance else None
    if host and path:
        return Volume(_name(host, f"path{path}"), host)
    if host and docker.get("scope") == "shared":
        return Volume(_name(host, f"volume-{volume['name']}"), host)
    return Volume(_name(task.id, volume["name"]), directory=_directory(task, file_system) if file_system else None)


def _directory(task: Task, configuration: dict[str, Any]) -> Directory:
    try:
        return Directory(*astuple(efs.directory(task.scope.account, task.scope.region, configuration)))
    except efs.NotMountable as error:
        reason = f"failed to invoke EFS utils commands to set up EFS volumes: {error}"
        raise TaskFailed("ResourceInitializationError", reason) from error


def _name(owner: str, name: str) -> str:
    return f"{settings.NAME}-{settings.owner()}-{owner}-{re.sub('[^a-zA-Z0-9_.-]', '-', name)}"
