"""Images for containers: what the daemon has is used, the rest is pulled, each image once at a time."""

import logging
import threading
from typing import Any

from localstack_engines.services.ecs.engine.task_spec import TaskFailed

LOG = logging.getLogger(__name__)


class Images:
    """Makes images available. Pulls of one reference are serialised: the second finds the first one's result."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def ensure(self, reference: str, container: str) -> dict:
        """Docker's description of the image. Raises TaskFailed(CannotPullContainerError).

        A tag of a registry may have moved, so those are pulled anew (as Fargate does); an image that exists only
        here, or whose registry does not answer, is used as it is.
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
        # the daemon answers 200 and reports a failure inside the stream
        for progress in self._client.api.pull(reference, tag=tag, stream=True, decode=True, auth_config={}):
            if "error" in progress:
                raise _PullError(progress["error"])


class _PullError(Exception):
    """What the daemon said in the middle of a pull."""


def digest_of(image: dict) -> str:
    """The registry's digest of an image, or the image's own id when it never was in a registry."""
    for reference in image.get("RepoDigests") or []:
        return str(reference.rsplit("@", 1)[-1])
    return str(image["Id"])


def _names_registry(reference: str) -> bool:
    """Whether the reference starts with a registry's host (docker.io is implied otherwise)."""
    host, slash, _ = reference.partition("/")
    return bool(slash) and ("." in host or ":" in host or host == "localhost")


def _has_tag(reference: str) -> bool:
    return ":" in reference.rsplit("/", 1)[-1] or "@" in reference
