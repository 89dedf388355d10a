"""Expires images as the lifecycle policies of their repositories say. AWS does so within 24 hours, this within one."""

import logging
import threading
from datetime import UTC, datetime

from localstack_engines.services.ecr.control.lifecycle_rules import InvalidPolicy, expired, parse
from localstack_engines.services.ecr.engine.image_storage import Image, ImageStorage
from localstack_engines.services.ecr.engine.registry import Registry
from localstack_engines.services.ecr.store import Store

LOG = logging.getLogger(__name__)

_INTERVAL = 3600.0
"""Seconds."""


class Lifecycle:
    """Carries out the policies once an hour, and at once when a policy is put."""

    def __init__(self, store: Store, registry: Registry, storage: ImageStorage) -> None:
        self._store = store
        self._registry = registry
        self._storage = storage
        self._stopped = threading.Event()

    def start(self) -> None:
        threading.Thread(target=self._run, name="ecr-lifecycle", daemon=True).start()

    def stop(self) -> None:
        self._stopped.set()

    def carry_out(self, repository: str, policy: str) -> list[Image]:
        """Removes the images of a repository that a policy expires, and returns them."""
        gone = list(expired(self._storage.images(repository), parse(policy), datetime.now(UTC)))
        for image in gone:
            self.remove(repository, image)
        return gone

    def remove(self, repository: str, image: Image) -> None:
        """Removes an image with all its tags."""
        self._registry.delete_manifest(repository, image.digest)
        for tag in image.tags:
            self._storage.remove_tag(repository, tag)

    def _run(self) -> None:
        while not self._stopped.wait(_INTERVAL):
            for repository, policy in self._store.lifecycle_policies():
                try:
                    self.carry_out(repository, policy)
                except (OSError, InvalidPolicy) as error:
                    LOG.warning("The lifecycle policy of %s is not carried out: %s", repository, error)
