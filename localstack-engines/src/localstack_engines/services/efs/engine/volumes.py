"""The Docker volumes of file systems. Knows nothing of AWS's API."""

import logging

from localstack_engines.toolkit import settings

LOG = logging.getLogger(__name__)


class VolumeInUse(Exception):
    """A container still has the volume."""


def volume_name(file_system_id: str) -> str:
    """Returns the name of a file system's volume, which the first task that mounts it creates."""
    return f"{settings.NAME}-{settings.owner()}-{file_system_id}"


def remove(file_system_id: str) -> None:
    """Removes the volume with all files. Does nothing if no task has mounted it. Raises VolumeInUse."""
    import docker
    from docker.errors import APIError, NotFound

    client = docker.from_env(timeout=60)
    try:
        client.api.remove_volume(volume_name(file_system_id))
    except NotFound:
        return
    except APIError as error:
        raise VolumeInUse(str(error.explanation)) from error
    finally:
        client.close()
