"""The container instances of clusters: they follow EC2's instances, and tasks are placed on them."""

import logging
import threading
from collections.abc import Callable
from typing import Any

from localstack_engines.network import ec2
from localstack_engines.services.ecs.control import ec2_instances, user_data
from localstack_engines.services.ecs.control.placement import Candidate, Placement, choose, host_ports
from localstack_engines.services.ecs.control.task_runner import TaskRunner
from localstack_engines.services.ecs.deployment_models import now
from localstack_engines.services.ecs.instance_models import INACTIVE, ContainerInstance
from localstack_engines.services.ecs.models import Scope, Task
from localstack_engines.services.ecs.store import Store

LOG = logging.getLogger(__name__)

_INTERVAL_SECONDS = 1.0
_DYNAMIC_PORTS = range(32768, 61000)
STOPPED_WITH_INSTANCE = "TerminationNotice"
"""The stop code of a task whose instance has ended."""


class ContainerInstances:
    """Registers and deregisters instances, and places tasks.

    `changed(scope)` is called when a cluster has got or lost an instance, or one of its instances a task.
    `tend(account, region)` is called once a second.
    """

    def __init__(
        self,
        store: Store,
        runner: TaskRunner,
        changed: Callable[[Scope], None],
        tend: Callable[[str, str], None],
    ) -> None:
        self._store = store
        self._runner = runner
        self._changed = changed
        self._tend = tend
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._follow, name="ecs-instances", daemon=True)
        runner.listen(self._task_changed)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()

    def refresh(self, account: str, region: str) -> None:
        """Registers the EC2 instances whose user data names a cluster, and drops those that have ended."""
        with self._store.lock:
            records = {one.id: one for one in ec2.instances(account, region)}
            for known in self._store.instances_of(account, region):
                self._follow_instance(known, records.get(known.ec2_instance_id))
            ids = {known.ec2_instance_id for known in self._store.instances_of(account, region)}
            for record in records.values():
                if record.id not in ids and ec2_instances.is_running(record):
                    self._register_if_named(account, region, record)

    def register(self, scope: Scope, record: Any) -> ContainerInstance | None:
        """Registers an EC2 instance in a cluster. Returns None if its type is unknown."""
        with self._store.lock:
            instance = ec2_instances.register(scope, record)
            if instance is not None:
                self._store.container_instances[instance.arn] = instance
        if instance is not None:
            self._changed(scope)
        return instance

    def deregister(self, instance: ContainerInstance, reason: str) -> None:
        """Makes an instance INACTIVE and stops its tasks. EC2's instance stays what it is."""
        with self._store.lock:
            instance.set_status(INACTIVE)
            instance.is_connected = False
            tasks = self._store.tasks_on(instance)
        for task in tasks:
            self._runner.stop(task, STOPPED_WITH_INSTANCE, reason)
        if not tasks:
            self._runner.remove_host(instance)
        self._changed(instance.scope)

    def candidates(self, scope: Scope) -> list[Candidate]:
        """Returns the cluster's instances with their tasks, those that are not ACTIVE left out."""
        found = [one for one in self._store.instances_in(scope) if one.status == "ACTIVE"]
        return [Candidate(one, self._store.tasks_on(one)) for one in found]

    def place(self, task: Task, placement: Placement) -> None:
        """Gives a task an instance and ports there. The caller holds the store's lock until the task is in the store.

        Raises NotPlaced.
        """
        known = [
            one
            for one in self.candidates(task.scope)
            if task.capacity_provider in (None, one.instance.capacity_provider)
        ]
        instance = choose(known, task.effective_definition, task.group, placement)
        taken = next(one.ports for one in known if one.instance is instance)
        task.container_instance = instance
        for container, port, host_port in host_ports(task.definition):
            chosen = host_port or next(free for free in _DYNAMIC_PORTS if free not in taken)
            taken.add(chosen)
            task.host_ports[container, port] = chosen

    def _register_if_named(self, account: str, region: str, record: Any) -> None:
        cluster = user_data.cluster_of(ec2_instances.text_of_user_data(record))
        if cluster is None or not self._store.is_active_cluster(scope := Scope(account, region, cluster)):
            return
        try:
            instance = self.register(scope, record)
        except Exception as error:
            LOG.warning("the instance %s cannot join the cluster %s: %s", record.id, cluster, error)
            return
        if instance is not None:
            self._assign_provider(instance, record)

    def _follow_instance(self, known: ContainerInstance, record: Any | None) -> None:
        if known.status == INACTIVE:
            return
        if record is None or ec2_instances.has_ended(record):
            self.deregister(known, f"Host EC2 (instance {known.ec2_instance_id}) terminated.")
            return
        self._assign_provider(known, record)
        if known.is_connected != ec2_instances.is_running(record):
            known.is_connected = not known.is_connected
            if not known.is_connected:
                for task in self._store.tasks_on(known):
                    reason = f"Host EC2 (instance {known.ec2_instance_id}) stopped."
                    self._runner.stop(task, STOPPED_WITH_INSTANCE, reason)
            self._changed(known.scope)

    def _assign_provider(self, instance: ContainerInstance, record: Any) -> None:
        """Finds the capacity provider of the cluster whose group the instance belongs to."""
        group = ec2_instances.group_name(record)
        providers = self._store.providers_of(instance.scope) if group else []
        name = next((one.name for one in providers if one.group_name == group), None)
        if name != instance.capacity_provider:
            instance.capacity_provider = name
            self._changed(instance.scope)

    def _task_changed(self, task: Task) -> None:
        instance = task.container_instance
        if instance is None or task.stopped_at is None:
            return
        instance.idle_since = now()
        if instance.status == INACTIVE and not self._store.tasks_on(instance):
            self._runner.remove_host(instance)
        # Another task may have waited for what this one has left.
        self._changed(instance.scope)

    def _follow(self) -> None:
        while not self._stopped.wait(_INTERVAL_SECONDS):
            for account, region in self._store.places():
                try:
                    self.refresh(account, region)
                    self._tend(account, region)
                except Exception:
                    LOG.exception("container instances of %s in %s", account, region)
