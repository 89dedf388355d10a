"""The end of a task."""

from unittest.mock import Mock

from localstack_engines.services.ecs.control.task_lifecycle import TaskLifecycle
from localstack_engines.services.ecs.engine.task_listener import StopCause
from localstack_engines.services.ecs.models import Scope, Task


def test_a_task_that_cannot_be_deregistered_stops_nevertheless() -> None:
    registration, changed = Mock(), Mock()
    registration.deregister.side_effect = RuntimeError("the load balancer does not answer")
    task = Task(Scope("000000000000", "us-east-1", "c"), {"containerDefinitions": []}, "g", "FARGATE", status="RUNNING")
    TaskLifecycle(task, registration, changed).on_stopping(StopCause("requested", "enough"))
    registration.deregister.assert_called_once_with(task)
    assert (task.status, task.desired_status) == ("STOPPING", "STOPPED")
    changed.assert_called_with(task)
