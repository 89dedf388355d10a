"""Runs changes of resources in threads, and shows their progress in the resources' state."""

import logging
import threading
from collections.abc import Callable
from typing import Protocol

LOG = logging.getLogger(__name__)


class Changeable(Protocol):
    """A resource that one thread at a time changes. `failure` is the reason of a failed change."""

    state: str
    failure: str
    lock: threading.RLock


def run_in_background(
    resource: Changeable,
    work: Callable[[], None],
    *,
    name: str,
    during: str,
    after: str,
    failed: str,
    expected: tuple[type[Exception], ...] = (),
) -> threading.Thread:
    """Runs `work` in a thread, which it returns. The resource's state is `during` meanwhile, then `after`.

    It is `failed` if `work` raises. If another change, such as a deletion, sets another state first, `work` does not
    run. If it does so later, its state stays. `name` is the resource's name in the log. Exceptions that are not
    `expected` are logged with a traceback.
    """
    resource.state = during

    def job() -> None:
        with resource.lock:
            if resource.state != during:
                return
            outcome = after
            try:
                work()
            except Exception as error:
                # No caller sees an exception of this thread. Clients see the state.
                LOG.error("%s: %s", name, error, exc_info=not isinstance(error, expected))
                resource.failure, outcome = str(error), failed
            if resource.state == during:
                resource.state = outcome

    thread = threading.Thread(target=job, name=f"{name} {during}", daemon=True)
    thread.start()
    return thread
