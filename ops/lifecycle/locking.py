"""A lock for the commands that change the system: all checkouts on a machine share port 4566."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ops.lifecycle.steps import Say

LOCK = Path(tempfile.gettempdir()) / f"pms-localstack-{os.getuid()}.lock"
HELD = "PMS_LOCK_HELD"  # set for child processes, so that `make test` can call `up` without waiting for itself


@contextmanager
def exclusive(say: Say) -> Iterator[None]:
    """Holds the lock; first waits for another command to release it. The kernel releases it when the process ends."""
    if os.environ.get(HELD):
        yield
        return
    descriptor = os.open(LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another make target is changing the system on this machine; waiting until it has finished")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.environ[HELD] = "1"
        yield
    finally:
        os.environ.pop(HELD, None)
        os.close(descriptor)
