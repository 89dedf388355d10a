"""Directories of Docker volumes that outlive tasks."""

import shlex
from typing import Any

from localstack_engines.services.ecs.engine.errors import TaskFailed
from localstack_engines.services.ecs.engine.task_spec import Directory
from localstack_engines.toolkit import labels

_MOUNT = "/volume"


def prepare(client: Any, image: str, directory: Directory) -> str:
    """Returns the path of a directory on the machine. Creates it, and its volume, when they do not exist.

    Raises TaskFailed if the directory does not exist and is not to be created, or if a link is a part of its path:
    Docker would follow the link on the machine, out of the volume.
    """
    client.api.create_volume(directory.volume, labels=labels.labels())
    if directory.path != "/":
        _prepare_path(client, image, directory)
    return str(client.api.inspect_volume(directory.volume)["Mountpoint"]) + directory.path.rstrip("/")


def _prepare_path(client: Any, image: str, directory: Directory) -> None:
    from docker.errors import ContainerError

    path = shlex.quote(_MOUNT + directory.path)
    steps = [f"test -d {path}"]
    if directory.mode is not None:
        user, group = directory.owner or (0, 0)
        create = f"mkdir -p {path} && chown {user}:{group} {path} && chmod {shlex.quote(directory.mode)} {path}"
        steps.append(f"({create})")
    script = f'{" || ".join(steps)} && test "$(readlink -f {path})" = {path}'
    try:
        client.containers.run(
            image,
            entrypoint=["/bin/sh", "-c", script],
            volumes={directory.volume: {"bind": _MOUNT, "mode": "rw"}},
            network_mode="none",
            labels=labels.labels(),
            remove=True,
        )
    except ContainerError as error:
        reason = f"the directory {directory.path} does not exist, or a link is a part of its path"
        raise TaskFailed("ResourceInitializationError", reason) from error
