"""One operator command at a time may change the system of this machine: there is one port 4566."""

import fcntl
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

LOCK = Path(tempfile.gettempdir()) / f"pms-localstack-{os.getuid()}.lock"  # shared by all checkouts on the machine
HELD = "PMS_LOCK_HELD"  # set for children, so that `make test` may call `up` without waiting for itself


@contextmanager
def exclusive(say: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock; wait for another invocation to finish, saying so. The kernel frees it if we die."""
    if os.environ.get(HELD):
        yield
        return
    descriptor = os.open(LOCK, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another make target is at work on this machine's LocalStack; waiting for it to finish")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.environ[HELD] = "1"
        yield
    finally:
        os.environ.pop(HELD, None)
        os.close(descriptor)
