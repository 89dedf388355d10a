"""The images of containers."""

import logging
import threading
from typing import Any

from localstack_engines.services.ecs.engine.errors import TaskFailed

LOG = logging.getLogger(__name__)


class Images:
    """Makes images available to the Docker daemon.

    An image is pulled by one caller at a time: the next caller finds the result of the first.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def ensure(self, reference: str, container: str) -> dict:
        """Pulls the image if necessary, and returns Docker's description of it.

        A tag in a registry may have moved, so a tag that names a registry is always pulled, as on Fargate. An image
        that exists on this machine only, or whose registry does not answer, is used as it is.
        Raises TaskFailed (CannotPullContainerError).
        """
        with self._guard:
            lock = self._locks.setdefault(reference, threading.Lock())
        with lock:
            local = self._inspect(reference)
            if local is not None and (not _names_registry(reference) or "@sha256:" in reference):
                return local
            return self._pull(reference, container, local)

    def _inspect(self, reference: str) -> dict | None:
        from docker.errors import ImageNotFound

        try:
            return self._client.api.inspect_image(reference)
        except ImageNotFound:
            return None

    def _pull(self, reference: str, container: str, local: dict | None) -> dict:
        from docker.errors import DockerException

        try:
            self._download(reference)
            return self._client.api.inspect_image(reference)
        except (DockerException, _PullError) as error:
            if local is not None:
                LOG.warning("using the local image %s: %s", reference, error)
                return local
            message = f"failed to resolve ref {reference}: {getattr(error, 'explanation', None) or error}"
            raise TaskFailed("CannotPullContainerError", message, container) from error

    def _download(self, reference: str) -> None:
        tag = None if _has_tag(reference) else "latest"
        # The daemon answers with status 200 and reports a failure inside the stream.
        for progress in self._client.api.pull(reference, tag=tag, stream=True, decode=True, auth_config={}):
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
