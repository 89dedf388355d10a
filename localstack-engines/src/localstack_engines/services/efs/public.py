"""What other services may use of EFS: the directory behind a volume of a task."""

from dataclasses import dataclass
from typing import Any

from localstack_engines.services.efs.engine.volumes import volume_name
from localstack_engines.services.efs.store import Store


class NotMountable(Exception):
    """A file system or access point does not exist, or cannot be mounted. The message is for the task's reason."""


@dataclass(frozen=True)
class Directory:
    """A directory of a Docker volume. With a `mode` it is created when it does not exist, for the owner in numbers."""

    volume: str
    path: str
    owner: tuple[int, int] | None = None
    mode: str | None = None


def directory(account: str, region: str, configuration: dict[str, Any]) -> Directory:
    """Returns the directory that an efsVolumeConfiguration of ECS names. Raises NotMountable."""
    store, system_id = Store(), configuration["fileSystemId"]
    system = store.file_system(account, region, system_id)
    if system is None:
        raise NotMountable(f"File system '{system_id}' does not exist.")
    if not system.number_of_mount_targets:
        raise NotMountable(f"The file system '{system_id}' has no mount target.")
    point_id = (configuration.get("authorizationConfig") or {}).get("accessPointId")
    if not point_id:
        return Directory(volume_name(system_id), _normal(configuration.get("rootDirectory")))
    point = store.access_point(account, region, point_id)
    if point is None or point.file_system_id != system_id:
        raise NotMountable(f"Access point '{point_id}' does not exist in the file system '{system_id}'.")
    root = point.root_directory or {}
    info = root.get("CreationInfo") or {}
    owner = (int(info["OwnerUid"]), int(info["OwnerGid"])) if info else None
    return Directory(volume_name(system_id), _normal(root.get("Path")), owner, info.get("Permissions"))


def _normal(path: str | None) -> str:
    return "/" + "/".join(part for part in (path or "/").split("/") if part not in ("", ".", ".."))
