"""The operation that is in progress on each stack."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from localstack_engines.cloudformation.executor import Executor

_on_failure: ContextVar[str] = ContextVar("on_failure", default="ROLLBACK")
"""What an executor that is made now does when it fails: ROLLBACK, DELETE or DO_NOTHING.

LocalStack's operations make the executors and pass nothing of the request on.
"""

_executors: "dict[str, Executor]" = {}
"""The latest executor of each stack, by the stack's id."""


@contextlib.contextmanager
def on_failure(action: str) -> Iterator[None]:
    """Tells the executor that is made meanwhile what to do when it fails."""
    token = _on_failure.set(action)
    try:
        yield
    finally:
        _on_failure.reset(token)


def wanted_on_failure() -> str:
    """Returns what an executor that is made now does when it fails."""
    return _on_failure.get()


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
