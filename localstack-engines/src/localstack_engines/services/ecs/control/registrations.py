"""Where a task is made known while it runs: in Cloud Map, and in target groups."""

from typing import Protocol

from localstack_engines.services.ecs.models import Task


class Registration(Protocol):
    """Registers a running task, reports its health, and deregisters it before SIGTERM."""

    def register(self, task: Task) -> None: ...
    def update(self, task: Task) -> None: ...
    def deregister(self, task: Task) -> None: ...


class Registrations:
    """All registrations of a task, in this order."""

    def __init__(self, *registrations: Registration) -> None:
        self._registrations = registrations

    def register(self, task: Task) -> None:
        for registration in self._registrations:
            registration.register(task)

    def update(self, task: Task) -> None:
        for registration in self._registrations:
            registration.update(task)

    def deregister(self, task: Task) -> None:
        for registration in self._registrations:
            registration.deregister(task)
