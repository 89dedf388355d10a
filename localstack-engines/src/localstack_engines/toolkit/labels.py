"""Labels of the containers and networks that the plugin creates.

Containers and networks outlive a LocalStack that crashed. The owner's label lets the next start remove them, and
nothing else.
"""

import logging

from localstack_engines.toolkit import settings

OWNER = f"{settings.LABEL_PREFIX}.owner"

LOG = logging.getLogger(__name__)


def labels(**more: str) -> dict[str, str]:
    """Returns the labels for a container or network of this LocalStack."""
    return {OWNER: settings.owner(), **{f"{settings.LABEL_PREFIX}.{key}": value for key, value in more.items()}}


def owned_filter() -> dict[str, str | list[str] | bool]:
    """Returns a Docker API filter that matches what this LocalStack has created."""
    return {"label": f"{OWNER}={settings.owner()}"}


def remove_owned() -> None:
    """Removes this LocalStack's containers, then its networks and volumes.

    Raises nothing: what cannot be removed is logged and must not stop LocalStack.
    """
    import docker
    from docker.errors import APIError, DockerException, NotFound

    try:
        client = docker.from_env(timeout=60)
        containers = client.containers.list(all=True, filters=owned_filter(), ignore_removed=True)
        networks = client.networks.list(filters=owned_filter())
        volumes = client.volumes.list(filters=owned_filter())
    except DockerException as error:
        LOG.warning("cannot list the containers of an earlier run: %s", error)
        return
    for container in containers:
        try:
            container.remove(force=True, v=True)
        except NotFound:
            continue
        except APIError as error:
            LOG.warning("cannot remove container %s: %s", container.name, error)
    for network in networks:
        _remove_network(network)
    for volume in volumes:
        try:
            volume.remove(force=True)
        except APIError as error:
            LOG.warning("cannot remove volume %s: %s", volume.name, error)


def _remove_network(network: object) -> None:
    from docker.errors import APIError, NotFound

    try:
        network.reload()  # type: ignore[attr-defined]
        for member in list(network.attrs.get("Containers") or {}):  # type: ignore[attr-defined]
            network.disconnect(member, force=True)  # type: ignore[attr-defined]
        network.remove()  # type: ignore[attr-defined]
    except NotFound:
        return
    except APIError as error:
        LOG.warning("cannot remove network %s: %s", network.name, error)  # type: ignore[attr-defined]
