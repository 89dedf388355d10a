"""Finds places for tasks of the EC2 launch type, on the instances that there are or on a new one."""

from localstack_engines.services.ecs.control.container_instances import ContainerInstances
from localstack_engines.services.ecs.control.managed_scaling import ManagedScaling
from localstack_engines.services.ecs.control.placement import NotPlaced, Placement
from localstack_engines.services.ecs.models import Task
from localstack_engines.services.ecs.store import Store


class TaskPlacer:
    """Places tasks. Lets a managed Auto Scaling group grow when there is no place."""

    def __init__(self, store: Store, instances: ContainerInstances, scaling: ManagedScaling) -> None:
        self._store = store
        self._instances = instances
        self._scaling = scaling

    def place(self, task: Task, placement: Placement) -> None:
        """Gives a task an instance and its ports there. The caller holds the store's lock. Raises NotPlaced."""
        try:
            self._instances.place(task, placement)
        except NotPlaced:
            if not self._grow(task):
                raise
            self._instances.refresh(task.scope.account, task.scope.region)
            self._instances.place(task, placement)

    def _grow(self, task: Task) -> bool:
        provider = self._store.provider(task.scope, task.capacity_provider or "")
        if provider is None or not provider.is_managed:
            return False
        # A task that does not fit an instance without tasks does not fit a new one either.
        own = (c for c in self._instances.candidates(task.scope) if c.instance.capacity_provider == provider.name)
        return all(candidate.tasks for candidate in own) and self._scaling.grow(provider)
