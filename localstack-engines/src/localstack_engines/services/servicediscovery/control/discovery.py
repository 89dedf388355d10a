"""Who serves a Cloud Map service now: the data plane's view of moto's store.

Consumers (the DNS zone, the HTTP API's front door) read `instances()` and learn of changes through `subscribe()`.
"""

import logging
import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

LOG = logging.getLogger(__name__)

Callback = Callable[[str], None]

_PATIENCE = 1.0


@dataclass(frozen=True)
class Instance:
    """One registered endpoint. `healthy` is False only when a health status says so."""

    id: str
    ipv4: str | None
    port: int | None
    healthy: bool
    attributes: dict[str, str] = field(default_factory=dict, hash=False)


class _Changes:
    """Revision counters and subscribers: Cloud Map's InstancesRevision only ever grows, moto's can shrink."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._callbacks: list[Callback] = []
        self._revisions: dict[str, int] = {}
        self._queue: queue.Queue[tuple[str, threading.Event]] = queue.Queue()
        self._worker: threading.Thread | None = None

    def subscribe(self, callback: Callback) -> Callable[[], None]:
        with self._lock:
            self._callbacks.append(callback)
            if self._worker is None:
                self._worker = threading.Thread(target=self._tell, name="cloud-map-changes", daemon=True)
                self._worker.start()
        return lambda: self._unsubscribe(callback)

    def _unsubscribe(self, callback: Callback) -> None:
        with self._lock:
            if callback in self._callbacks:
                self._callbacks.remove(callback)

    def notify(self, service_arn: str) -> None:
        """Tells the subscribers, and waits a moment until they have heard.

        A task gets SIGTERM when its deregistration returns: the front door should have stopped sending it requests
        by then, but one that is slow to reload must not hold up the task.
        """
        with self._lock:
            self._revisions[service_arn] = self._revisions.get(service_arn, 0) + 1
            if not self._callbacks:
                return
        told = threading.Event()
        self._queue.put((service_arn, told))
        if threading.current_thread() is not self._worker:
            told.wait(_PATIENCE)

    def revision(self, service_arn: str) -> int:
        with self._lock:
            return self._revisions.get(service_arn, 0)

    def _tell(self) -> None:
        while True:
            service_arn, told = self._queue.get()
            with self._lock:
                callbacks = list(self._callbacks)
            for callback in callbacks:
                try:
                    callback(service_arn)
                except Exception:
                    LOG.exception("A subscriber failed on a change of %s", service_arn)
            told.set()


_changes = _Changes()

subscribe = _changes.subscribe
"""subscribe(callback) -> unsubscribe. All callbacks run in one thread, in the order of the changes."""
notify = _changes.notify
revision = _changes.revision


def instances(service_arn: str) -> list[Instance]:
    """All instances of the service, healthy or not, in order of registration; [] when the service does not exist."""
    service = find_service(service_arn)
    return [to_instance(record) for record in list(service.instances)] if service else []


def healthy_instances(service_arn: str) -> list[Instance]:
    """The instances that Cloud Map would hand out: the healthy ones or, when none is, all of them.

    Source: Cloud Map's DiscoverInstances, HEALTHY_OR_ELSE_ALL, which is also how its DNS answers.
    """
    found = instances(service_arn)
    return [instance for instance in found if instance.healthy] or found


def find_service(service_arn: str) -> Any | None:
    """Moto's record of a service by its ARN (arn:aws:servicediscovery:REGION:ACCOUNT:service/ID)."""
    from moto.servicediscovery.models import servicediscovery_backends

    _, _, _, region, account, resource = service_arn.split(":", 5)
    return servicediscovery_backends[account][region].services.get(resource.removeprefix("service/"))


def to_instance(record: Any) -> Instance:
    port = record.attributes.get("AWS_INSTANCE_PORT")
    return Instance(
        id=record.instance_id,
        ipv4=record.attributes.get("AWS_INSTANCE_IPV4"),
        port=int(port) if port else None,
        healthy=record.health_status != "UNHEALTHY",
        attributes=dict(record.attributes),
    )
