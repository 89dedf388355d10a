"""The Docker volumes behind the volumes of a task definition (pure).

A volume without a host path lives as long as its task. One with a path of the container instance, or a Docker volume
with the scope `shared`, belongs to the instance: the tasks there share it, and it lives as long as the instance.
"""

import re
from typing import Any

from localstack_engines.services.ecs.engine.task_spec import Volume
from localstack_engines.toolkit import settings


def volumes_of(definition: dict[str, Any], task_id: str, host_id: str | None) -> dict[str, Volume]:
    """Returns the Docker volumes by the names in the task definition."""
    return {volume["name"]: _volume(volume, task_id, host_id) for volume in definition.get("volumes") or []}


def _volume(volume: dict[str, Any], task_id: str, host_id: str | None) -> Volume:
    path = (volume.get("host") or {}).get("sourcePath")
    docker = volume.get("dockerVolumeConfiguration") or {}
    if host_id and path:
        return Volume(_name(host_id, f"path{path}"), host_id)
    if host_id and docker.get("scope") == "shared":
        return Volume(_name(host_id, f"volume-{volume['name']}"), host_id)
    return Volume(_name(task_id, volume["name"]), None)


def _name(owner: str, name: str) -> str:
    return f"{settings.NAME}-{settings.owner()}-{owner}-{re.sub('[^a-zA-Z0-9_.-]', '-', name)}"
