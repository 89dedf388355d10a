"""Makes a standby the primary, and its primary a standby of it, without the loss of a commit.

A primary that is stopped cleanly sends its whole log, up to the record of its shutdown, to the standbys that are
connected (https://www.postgresql.org/docs/17/server-shutdown.html). A standby that has this record has every commit,
and the former primary, whose log ends with it, can go on as a standby.
"""

import re
import subprocess
import time
from collections.abc import Callable

from localstack_engines.services.rds.engine.installation import program
from localstack_engines.services.rds.engine.postgres import SLOT_PREFIX, PostgresServer

_RECEIVE_SECONDS = 10.0
_PAUSE_SECONDS = 0.02

Configure = Callable[[PostgresServer], None]
"""Writes the configuration of a server, which says whose standby it is."""


class FailoverFailed(RuntimeError):
    """The standby cannot take over. The primary is running again."""


def fail_over(old: PostgresServer, new: PostgresServer, others: list[PostgresServer], configure: Configure) -> None:
    """Promotes `new`, a standby of `old`. `old` and `others`, its other standbys, become standbys of it.

    Raises FailoverFailed, and SqlError or ProcessFailed when a server does not do what it has to.
    """
    if not new.ready:
        raise FailoverFailed("the reader does not run")
    old.stop()
    try:
        _wait_for_the_end(old, new)
        for standby in (old, *others):
            # Reserved before the promotion: from then on the log goes on.
            standby.reserve(new)
        new.promote()
    except Exception:
        # The order is back to what it was: the primary has every commit, the standbys follow it.
        _drop_slots(new)
        old.start()
        raise
    configure(new)
    new.reload()
    for standby in others:
        standby.follow(new)
        configure(standby)
        standby.reload()
    old.follow(new)
    configure(old)
    old.start()
    # It would keep its log for the standbys that it had.
    _drop_slots(old)


def _wait_for_the_end(old: PostgresServer, new: PostgresServer) -> None:
    """Waits until the standby has the record of the primary's shutdown."""
    end = _shutdown_position(old)
    deadline = time.monotonic() + _RECEIVE_SECONDS
    while new.execute(f"SELECT pg_last_wal_replay_lsn() > '{end}'::pg_lsn").strip() != "t":
        if time.monotonic() > deadline:
            raise FailoverFailed("the reader has not received everything that the writer has written")
        time.sleep(_PAUSE_SECONDS)


def _shutdown_position(server: PostgresServer) -> str:
    """Returns the position of the record of a clean shutdown. Raises FailoverFailed when there was none."""
    argv = [program("pg_controldata"), str(server.data)]
    state = subprocess.run(argv, capture_output=True, text=True, check=True, env={"LC_ALL": "C"}).stdout
    position = re.search(r"^Latest checkpoint location: +([0-9A-F]+/[0-9A-F]+)$", state, re.MULTILINE)
    if position is None or not re.search(r"^Database cluster state: +shut down$", state, re.MULTILINE):
        raise FailoverFailed("the writer was not shut down cleanly")
    return position[1]


def _drop_slots(server: PostgresServer) -> None:
    server.execute(
        "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"  # noqa: S608 - a constant
        f" WHERE starts_with(slot_name, '{SLOT_PREFIX}') AND NOT active"
    )
