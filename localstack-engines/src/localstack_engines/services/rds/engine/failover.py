"""Makes a standby the primary, and its primary a standby of it, without the loss of a commit.

A primary that is stopped cleanly sends its whole log, up to the record of its shutdown, to the standbys that are
connected (https://www.postgresql.org/docs/17/server-shutdown.html). A standby that has this record has every commit,
and the former primary, whose log ends with it, can go on as a standby.
"""

import time
from collections.abc import Callable

from localstack_engines.services.rds.engine import control_file
from localstack_engines.services.rds.engine.postgres import SLOT_PREFIX, PostgresServer

_RECEIVE_SECONDS = 10.0
_PAUSE_SECONDS = 0.02


class FailoverFailed(RuntimeError):
    """The standby cannot take over. The primary is running again."""


def hand_over(old: PostgresServer, new: PostgresServer, others: list[PostgresServer]) -> None:
    """Stops `old` and promotes `new`, a standby of it, which keeps its log for `old` and `others` from then on.

    Raises FailoverFailed, and SqlError or ProcessFailed when a server does not do what it has to. Then `old` is the
    primary as before.
    """
    if not new.ready:
        raise FailoverFailed("the reader does not run")
    old.stop()
    try:
        _wait_for_the_end(old, new)
        _drop_slots(new)
        for standby in (old, *others):
            # Reserved before the promotion: from then on the log goes on.
            standby.reserve(new)
        new.promote()
    except Exception:
        # The primary has every commit, and the standbys still follow it.
        try:
            _drop_slots(new)
        finally:
            old.start()
        raise


def rejoin(old: PostgresServer, new: PostgresServer, configure: Callable[[], None]) -> None:
    """Starts the former primary, which is stopped, as a standby; `configure` writes its configuration."""
    old.follow(new)
    configure()
    old.start()
    # It would keep its log for the standbys that it had.
    _drop_slots(old)


def turn_to(standby: PostgresServer, new: PostgresServer, configure: Callable[[], None]) -> None:
    """Makes another standby follow the new primary; `configure` writes its configuration."""
    standby.follow(new)
    configure()
    standby.reload()


def _wait_for_the_end(old: PostgresServer, new: PostgresServer) -> None:
    """Waits until the standby has the record of the primary's shutdown."""
    end = control_file.clean_end(old.data)
    if end is None:
        raise FailoverFailed("the writer was not shut down cleanly")
    deadline = time.monotonic() + _RECEIVE_SECONDS
    while new.execute(f"SELECT pg_last_wal_replay_lsn() > '{end}'::pg_lsn").strip() != "t":
        if time.monotonic() > deadline:
            raise FailoverFailed("the reader has not received everything that the writer has written")
        time.sleep(_PAUSE_SECONDS)


def _drop_slots(server: PostgresServer) -> None:
    slots = f"FROM pg_replication_slots WHERE starts_with(slot_name, '{SLOT_PREFIX}')"
    server.execute(
        # A standby that still has to turn to another server may be connected.
        f"SELECT pg_terminate_backend(active_pid, 10000) {slots} AND active_pid IS NOT NULL",
        f"SELECT pg_drop_replication_slot(slot_name) {slots}",
    )
