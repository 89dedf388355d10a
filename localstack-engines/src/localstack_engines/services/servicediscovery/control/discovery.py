"""The instances of Cloud Map's services and their changes, for consumers inside LocalStack.

The consumers are the DNS zones and, through `public.py`, other services.
"""

import logging
import queue
import threading
from collections.abc import Callable
from typing import Any

from localstack_engines.services.servicediscovery.models import Instance
from localstack_engines.services.servicediscovery.store import Store

LOG = logging.getLogger(__name__)

Callback = Callable[[str], None]
"""Takes the ARN of the service whose instances changed."""

_NOTIFICATION_TIMEOUT = 1.0


class Discovery:
    """Reads instances, and tells subscribers of changes.

    It counts the changes of each service as Cloud Map's InstancesRevision, which never decreases; moto's may decrease.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._callbacks: list[Callback] = []
        self._revisions: dict[str, int] = {}
        self._changes: queue.Queue[tuple[str, threading.Event]] = queue.Queue()
        self._thread: threading.Thread | None = None

    def instances(self, service_arn: str) -> list[Instance]:
        """Returns all instances of a service in the order of registration; none when the service does not exist."""
        service = self._store.service_by_arn(service_arn)
        return [_instance(record) for record in list(service.instances)] if service else []

    def healthy_instances(self, service_arn: str) -> list[Instance]:
        """Returns the healthy instances or, when none is healthy, all of them.

        This is HEALTHY_OR_ELSE_ALL of Cloud Map's DiscoverInstances. Its DNS answers follow the same rule.
        """
        found = self.instances(service_arn)
        return [instance for instance in found if instance.healthy] or found

    def revision(self, service_arn: str) -> int:
        """Returns how often the instances of a service have changed."""
        with self._lock:
            return self._revisions.get(service_arn, 0)

    def subscribe(self, callback: Callback) -> Callable[[], None]:
        """Calls `callback` after each change. Returns a function that ends this.

        All callbacks run in one thread, in the order of the changes.
        """
        with self._lock:
            self._callbacks.append(callback)
            if self._thread is None:
                self._thread = threading.Thread(target=self._deliver, name="cloud-map-changes", daemon=True)
                self._thread.start()
        return lambda: self._unsubscribe(callback)

    def notify(self, service_arn: str) -> None:
        """Tells the subscribers of a change. Waits until they return, at most one second.

        A task gets SIGTERM when its deregistration returns. By then an API should send it no more requests, but a
        slow subscriber must not delay the task.
        """
        with self._lock:
            self._revisions[service_arn] = self._revisions.get(service_arn, 0) + 1
            if not self._callbacks:
                return
        delivered = threading.Event()
        self._changes.put((service_arn, delivered))
        if threading.current_thread() is not self._thread:
            delivered.wait(_NOTIFICATION_TIMEOUT)

    def _unsubscribe(self, callback: Callback) -> None:
        with self._lock:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

    def _deliver(self) -> None:
        while True:
            service_arn, delivered = self._changes.get()
            with self._lock:
                callbacks = list(self._callbacks)
            for callback in callbacks:
                try:
                    callback(service_arn)
                except Exception:
                    LOG.exception("A subscriber failed on a change of %s", service_arn)
            delivered.set()


def _instance(record: Any) -> Instance:
    port = record.attributes.get("AWS_INSTANCE_PORT")
    return Instance(
        id=record.instance_id,
        ipv4=record.attributes.get("AWS_INSTANCE_IPV4"),
        port=int(port) if port else None,
        healthy=record.health_status != "UNHEALTHY",
        attributes=dict(record.attributes),
    )


discovery = Discovery(Store())
"""The view that the provider and the other services of this LocalStack share."""
