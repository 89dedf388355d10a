"""Registers, checks and drains the targets of target groups."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from localstack_engines.gateway.haproxy.master_socket import CommandFailed
from localstack_engines.services.elbv2.control import translation
from localstack_engines.services.elbv2.control.health_monitor import HealthMonitor
from localstack_engines.services.elbv2.models import Target, TargetGroup
from localstack_engines.services.elbv2.store import Store

LOG = logging.getLogger(__name__)

Key = tuple[str, tuple[str, int]]
"""A target group's ARN, and the target's id and port."""

DrainConnections = Callable[[TargetGroup, Target, float], None]
"""Waits until a target has no connections, for so many seconds at most."""


@dataclass
class Drain:
    """A deregistration. `finished` is set when the target has no connection any more, or its delay is over."""

    target: Target
    finished: threading.Event = field(default_factory=threading.Event)


class Targets:
    """Keeps the targets of all groups. `publish(group)` makes the group's load balancers use them."""

    def __init__(self, store: Store, publish: Callable[[TargetGroup], None], drain: DrainConnections) -> None:
        self._store = store
        self._publish = publish
        self._drain_connections = drain
        self._monitors: dict[Key, HealthMonitor] = {}
        self._drains: dict[Key, Drain] = {}
        self._subscribers: list[Callable[[str, Target], None]] = []

    def subscribe(self, callback: Callable[[str, Target], None]) -> None:
        """Calls `callback` with a group's ARN and the target after each change of a target's health."""
        self._subscribers.append(callback)

    def register(self, group: TargetGroup, targets: list[Target]) -> None:
        """Adds targets. One that is registered already stays as it is; one that is draining comes back.

        Raises CommandFailed when a load balancer does not take the change. The new targets are not registered then.
        """
        new = []
        with self._store.lock:
            for target in targets:
                known = group.targets.get(target.key)
                if known is None or known.is_draining:
                    group.targets[target.key] = target
                    self._drains.pop((group.arn, target.key), None)
                    new.append(target)
            self.watch(group)
        try:
            self._publish(group)
        except Exception:
            with self._store.lock:
                for target in new:
                    if group.targets.get(target.key) is target:
                        del group.targets[target.key]
                self.watch(group)
            raise

    def deregister(self, group: TargetGroup, targets: list[Target]) -> None:
        """Sends the targets no new requests when it returns. Their connections end in the background."""
        drains = []
        with self._store.lock:
            for target in targets:
                if target.is_draining:
                    continue
                target.is_draining = True
                drains.append(Drain(target))
                self._drains[group.arn, target.key] = drains[-1]
            self.watch(group)
            for target in (drain.target for drain in drains):
                # No monitor changes it any more.
                target.state, target.reason = "draining", "Target.DeregistrationInProgress"
                target.description = "Target deregistration is in progress"
        try:
            self._publish(group)
        finally:
            for drain in drains:
                threading.Thread(target=self._drain, args=(group, drain), name="elbv2-drain", daemon=True).start()

    def wait_until_drained(self, group_arn: str, key: tuple[str, int]) -> None:
        """Returns when a target that was deregistered has no connection any more, or its delay is over."""
        if drain := self._drains.get((group_arn, key)):
            drain.finished.wait()

    def watch(self, group: TargetGroup) -> None:
        """Checks the targets of a group that a load balancer uses, by its present settings, and no other ones.

        A healthy target stays healthy when only the settings have changed.
        """
        with self._store.lock:
            is_used = bool(self._store.users(group)) and group.arn in self._store.region_of(group.scope).target_groups
            wanted = {
                (group.arn, target.key): (target, translation.check(group, target))
                for target in group.targets.values()
                if is_used and not target.is_draining
            }
            stopped: dict[Key, Target] = {}
            for key in [key for key in self._monitors if key[0] == group.arn]:
                target, check = wanted.get(key, (None, None))
                if check != self._monitors[key].check or target is not self._monitors[key].target:
                    monitor = self._monitors.pop(key)
                    monitor.stop()
                    stopped[key] = monitor.target
            for key, (target, check) in wanted.items():
                if key not in self._monitors:
                    if stopped.get(key) is not target or target.state != "healthy":
                        target.state, target.reason = "initial", "Elb.InitialHealthChecking"
                        target.description = "Initial health checks in progress"
                    self._monitors[key] = HealthMonitor(target, check, partial(self._changed, group, target))

    def stop(self) -> None:
        with self._store.lock:
            for monitor in self._monitors.values():
                monitor.stop()
            self._monitors.clear()

    def _changed(self, group: TargetGroup, target: Target) -> None:
        try:
            self._publish(group)
        except Exception:
            LOG.exception("the load balancer of %s does not take the change of %s", group.arn, target.key)
        for subscriber in list(self._subscribers):
            subscriber(group.arn, target)

    def _drain(self, group: TargetGroup, drain: Drain) -> None:
        """Waits for the target's connections. It is shown as draining until its delay is over, as on AWS."""
        delay, key = group.deregistration_delay, drain.target.key
        timer = threading.Timer(delay, self._forget, args=(group, drain))
        timer.daemon = True
        timer.start()
        try:
            self._drain_connections(group, drain.target, delay)
        except CommandFailed as error:
            # The load balancer has been removed meanwhile, and its connections with it.
            LOG.info("draining %s of %s: %s", key, group.arn, error)
        finally:
            drain.finished.set()

    def _forget(self, group: TargetGroup, drain: Drain) -> None:
        key = drain.target.key
        with self._store.lock:
            if group.targets.get(key) is drain.target:
                del group.targets[key]
            if self._drains.get((group.arn, key)) is drain:
                del self._drains[group.arn, key]
