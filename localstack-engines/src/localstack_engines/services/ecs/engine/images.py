"""The images of containers."""

import logging
import threading
from typing import Any

from localstack_engines.services.ecs.engine.errors import TaskFailed
from localstack_engines.services.ecs.engine.task_spec import ContainerSpec

LOG = logging.getLogger(__name__)


class Images:
    """Makes images available to the Docker daemon.

    An image is pulled by one caller at a time: the next caller finds the result of the first.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def ensure(self, spec: ContainerSpec) -> dict:
        """Pulls a container's image if necessary, and returns Docker's description of it.

        A tag in a registry may have moved, so a tag that names a registry is always pulled, as on Fargate. An image
        that exists on this machine only, or whose registry does not answer, is used as it is.
        Raises TaskFailed (CannotPullContainerError).
        """
        reference = spec.image
        with self._guard:
            lock = self._locks.setdefault(reference, threading.Lock())
        with lock:
            local = self._inspect(spec)
            if local is not None and (not _names_registry(reference) or "@sha256:" in reference):
                return local
            return self._pull(spec, local)

    def _inspect(self, spec: ContainerSpec) -> dict | None:
        """Returns Docker's description of the image, or None if it is absent or made for another architecture."""
        from docker.errors import ImageNotFound

        try:
            image = dict(self._client.api.inspect_image(spec.image))
        except ImageNotFound:
            return None
        return image if spec.architecture in (None, image["Architecture"]) else None

    def _pull(self, spec: ContainerSpec, local: dict | None) -> dict:
        from docker.errors import DockerException

        reference = spec.image
        try:
            self._download(spec)
            pulled = self._inspect(spec)
            if pulled is None:
                raise _PullError(
                    f"image Manifest does not contain descriptor matching platform linux/{spec.architecture}"
                )
            return pulled
        except (DockerException, _PullError) as error:
            if local is not None:
                LOG.warning("using the local image %s: %s", reference, error)
                return local
            message = f"failed to resolve ref {reference}: {getattr(error, 'explanation', None) or error}"
            raise TaskFailed("CannotPullContainerError", message, spec.name) from error

    def _download(self, spec: ContainerSpec) -> None:
        tag = None if _has_tag(spec.image) else "latest"
        platform = f"linux/{spec.architecture}" if spec.architecture else None
        # The daemon answers with status 200 and reports a failure inside the stream.
        for progress in self._client.api.pull(
            spec.image, tag=tag, stream=True, decode=True, auth_config=spec.registry_credentials, platform=platform
        ):
            if "error" in progress:
                raise _PullError(progress["error"])


class _PullError(Exception):
    """The daemon reported a failure during a pull."""


def digest_of(image: dict) -> str:
    """Returns the digest that a registry gave the image, or the image's id if it was never in a registry."""
    for reference in image.get("RepoDigests") or []:
        return str(reference.rsplit("@", 1)[-1])
    return str(image["Id"])


def _names_registry(reference: str) -> bool:
    """Returns whether the reference starts with a registry's host. Without one, Docker adds docker.io."""
    host, slash, _ = reference.partition("/")
    return bool(slash) and ("." in host or ":" in host or host == "localhost")


def _has_tag(reference: str) -> bool:
    return ":" in reference.rsplit("/", 1)[-1] or "@" in reference
