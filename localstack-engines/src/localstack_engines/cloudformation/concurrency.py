"""Creates and updates resources that do not depend on each other at the same time, as AWS does.

LocalStack's executor is a visitor: it visits the resources that a resource refers to, then carries out the change of
that resource. Here each visit is a task of its own, and a visit that needs another resource waits for its visit.
"""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from localstack.services.cloudformation.engine.v2.change_set_model import NodeResource, NodeResources, is_nothing
from localstack.services.cloudformation.engine.v2.change_set_model_executor import ChangeSetModelExecutor

WORKERS = 16
"""More workers make no difference on a small machine. References form no cycle, so visits cannot deadlock."""

NEVER_STARTED = "a resource that this one needs was not created"


class NeverStarted(Exception):
    """The visit ended before it changed anything, because another resource failed."""

    def __init__(self) -> None:
        super().__init__(NEVER_STARTED)


class ConcurrentExecutor(ChangeSetModelExecutor):
    """Visits resources concurrently. After the first failure no further resource is started."""

    def __init__(self, change_set: Any) -> None:
        super().__init__(change_set=change_set)
        self._visits: dict[str, Future] = {}
        self._visits_lock = threading.Lock()
        self._failures: list[Exception] = []
        # Resources that wait for something to become ready check this (see resource_types.py).
        self.cancelled = self.resource_provider_executor.cancelled = threading.Event()

    def visit_node_resources(self, node_resources: NodeResources) -> None:
        nodes = [node for node in node_resources.resources if self._is_concerned(node)]
        with ThreadPoolExecutor(WORKERS, thread_name_prefix="cloudformation") as pool:
            visits = [pool.submit(self.visit, node) for node in nodes]
        if self._failures:
            raise self._failures[0]
        for visit in visits:
            visit.result()

    def _is_concerned(self, node: NodeResource) -> bool:
        """Returns whether to visit a resource. One with a false condition is skipped unless it was deployed."""
        if is_nothing(node.condition_reference) or node.name in self._before_resolved_resources:
            return True
        return self._resolve_resource_condition_reference(node.condition_reference).after is not False

    def visit(self, change_set_entity: Any) -> Any:
        if not isinstance(change_set_entity, NodeResource):
            return super().visit(change_set_entity)
        name = change_set_entity.name
        with self._visits_lock:
            first = name not in self._visits
            visit = self._visits.setdefault(name, Future())
        if first:
            self._visit_resource(change_set_entity, visit)
        return visit.result()

    def _visit_resource(self, node: NodeResource, visit: Future) -> None:
        try:
            visit.set_result(super().visit(node))
        except NeverStarted as error:
            visit.set_exception(error)
        except Exception as error:
            self._failures.append(error)
            self.cancelled.set()
            visit.set_exception(NeverStarted())

    def _execute_resource_change(self, name: str, before: Any, after: Any) -> None:
        if self.cancelled.is_set():
            raise NeverStarted
        super()._execute_resource_change(name=name, before=before, after=after)
