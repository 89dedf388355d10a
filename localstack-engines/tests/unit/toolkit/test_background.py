"""Changes of resources in threads: the states that clients see."""

import threading
from dataclasses import dataclass, field

from lab.waiting import until
from localstack_engines.toolkit.background import run_in_background


@dataclass
class Database:
    state: str = "new"
    failure: str = ""
    lock: threading.RLock = field(default_factory=threading.RLock)


STATES = {"name": "database", "during": "creating", "after": "available", "failed": "failed"}


def test_the_state_shows_the_change_and_its_end() -> None:
    database, may_end = Database(), threading.Event()
    run_in_background(database, lambda: may_end.wait(10) and None, **STATES)
    assert database.state == "creating"
    may_end.set()
    until("the end of the change", lambda: database.state == "available")


def test_a_failed_change_has_its_reason() -> None:
    database = Database()

    def work() -> None:
        raise OSError("the disk is full")

    run_in_background(database, work, **STATES, expected=(OSError,))
    until("the failure", lambda: database.state == "failed")
    assert database.failure == "the disk is full"


def test_a_deletion_that_came_first_stays() -> None:
    database, done = Database(), []
    with database.lock:
        run_in_background(database, lambda: done.append(1), **STATES)
        database.state = "deleting"
    until("the thread to end", lambda: not any(thread.name == "database creating" for thread in threading.enumerate()))
    assert (database.state, done) == ("deleting", [])
