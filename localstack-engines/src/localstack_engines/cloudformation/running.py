"""The operation that is in progress on each stack."""

from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from localstack_engines.cloudformation.executor import Executor

on_failure: ContextVar[str] = ContextVar("on_failure", default="ROLLBACK")
"""What an executor that is made now does when it fails: ROLLBACK, DELETE or DO_NOTHING.

LocalStack's operations make the executors and pass nothing of the request on.
"""

_executors: "dict[str, Executor]" = {}
"""The latest executor of each stack, by the stack's id."""


def register(executor: "Executor") -> None:
    """Notes that the executor is about to change its stack."""
    _executors[executor.stack.stack_id] = executor


def forget(stack_id: str) -> None:
    """Forgets the executor of a deleted stack."""
    _executors.pop(stack_id, None)


def executor_of(stack_id: str) -> "Executor | None":
    """Returns the executor that is changing the stack now, or None."""
    executor = _executors.get(stack_id)
    return executor if executor and executor.is_running else None
