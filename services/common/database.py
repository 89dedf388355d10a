"""The service's PostgreSQL database: pool, units of work, and the meaning of errors."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

import asyncpg

from services.common import database_login
from services.common.errors import Unavailable
from services.common.settings import ServiceSettings
from services.common.unit_of_work import Call, UnitOfWork

SERIALIZATION_FAILURE, DEADLOCK = "40001", "40P01"
_BROKEN = ("closed", "released back to the pool")
"""What asyncpg says of a connection that is not there any more: it has no error class for that."""
_OUTAGES = ("08", "28", "53", "57P")
"""Classes of PostgreSQL's errors: no connection; log-in refused, by RDS also when it cannot ask IAM; no resources left;
shut down."""
_FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
"""What asyncpg raises when a server or the way to it does not do what it has to."""
IDLE_SECONDS_BEFORE_PING = 15.0
PING_SECONDS = 2.0
CONNECTION_SECONDS = 10.0
"""How long a unit of work waits for a connection of the pool."""
STATEMENTS = 256
"""How many prepared statements a connection keeps."""


class NoConnectionLeft(Unavailable):
    """All connections of the pool were in use for CONNECTION_SECONDS."""


class Database:
    """Units of work on one connection pool, which opens its first connection when it is first used."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self._pool: asyncpg.Pool | None = None
        self._opening = asyncio.Lock()

    def unit_of_work(self, defer: Callable[[Call], None] | None = None) -> UnitOfWork:
        """Returns a unit of work, to be used as `async with`.

        `defer` takes the calls of `UnitOfWork.after_commit`; without it they are made right after the commit.
        """
        return UnitOfWork(self, defer)

    async def acquire(self) -> Any:
        """Takes a connection of the pool. Raises NoConnectionLeft, and OSError when the server is away."""
        pool = self._pool or await self._open()
        while True:
            try:
                # A timeout has its price too, and a connection that waits to be used needs none.
                return await pool.acquire(timeout=None if pool.get_idle_size() else CONNECTION_SECONDS)
            except _Stale:
                continue
            except TimeoutError as error:
                raise NoConnectionLeft("The database has too much to do at the moment.") from error

    async def release(self, connection: Any) -> None:
        """Returns a connection to the pool. A transaction that is open is rolled back."""
        assert self._pool is not None
        try:
            in_transaction = connection.is_in_transaction()
        except asyncpg.InterfaceError:
            return  # it broke, and the pool has taken it back already
        if in_transaction:
            # A request that is ended meanwhile must not keep the connection from the pool.
            await asyncio.shield(_roll_back(self._pool, connection))
        else:
            await self._pool.release(connection)

    async def ping(self) -> None:
        """Raises when the database does not answer."""
        async with self.unit_of_work() as uow:
            await uow.fetch("SELECT 1")

    async def close(self) -> None:
        """Closes the pool's connections."""
        if self._pool is not None:
            await self._pool.close()

    async def _open(self) -> asyncpg.Pool:
        async with self._opening:
            if self._pool is None:
                self._pool = await asyncpg.create_pool(
                    **connect_arguments(self._settings),
                    connection_class=_Connection,
                    init=_prepare,
                    setup=_check,
                    reset=_note_return,
                    min_size=0,
                    max_size=self._settings.database_pool_size,
                    max_inactive_connection_lifetime=0,
                    statement_cache_size=STATEMENTS,
                    max_cached_statement_lifetime=0,
                )
        return self._pool


class _Connection(asyncpg.Connection):  # type: ignore[misc]
    """Knows when it was last used. asyncpg's own reset at each return would be one more round trip."""

    returned_at: float | None = None


class _Stale(Exception):
    """A connection that does not answer any more. The pool has closed it."""


async def _prepare(connection: Any) -> None:
    """Makes `jsonb` a value of Python in both directions."""
    await connection.set_type_codec("jsonb", encoder=_to_json, decoder=json.loads, schema="pg_catalog")


def _to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


async def _roll_back(pool: asyncpg.Pool, connection: Any) -> None:
    try:
        await connection.execute("ROLLBACK")
    except _FAILURES:
        connection.terminate()  # the server rolls back when the connection is gone
    await pool.release(connection)


async def _note_return(connection: Any) -> None:
    connection.returned_at = time.monotonic()


async def _check(connection: Any) -> None:
    """Pings a connection that was idle for long: asyncpg notices a closed socket, but not a host that vanished."""
    returned_at = connection.returned_at
    if returned_at is None or time.monotonic() - returned_at < IDLE_SECONDS_BEFORE_PING:
        return
    try:
        await connection.execute("SELECT 1", timeout=PING_SECONDS)
    except _FAILURES as error:
        connection.terminate()  # the pool would close it politely, and wait for the server
        raise _Stale from error


def connect_arguments(settings: ServiceSettings) -> dict[str, Any]:
    """Returns asyncpg's arguments. The keep-alives free the locks of a client whose host vanished."""
    milliseconds = int(settings.statement_seconds * 1000)
    return {
        "host": settings.database_host,
        "port": settings.database_port,
        "user": settings.database_username,
        "password": database_login.password(settings),
        "database": settings.database_name,
        "timeout": 5,
        "command_timeout": settings.statement_seconds + 5,
        "ssl": database_login.tls(settings),
        "server_settings": {
            "application_name": f"pms-{settings.service_name}",
            "timezone": "UTC",
            "jit": "off",
            "statement_timeout": str(milliseconds),
            "idle_in_transaction_session_timeout": str(4 * milliseconds),
            "tcp_keepalives_idle": "10",
            "tcp_keepalives_interval": "5",
            "tcp_keepalives_count": "3",
        },
    }


async def listen(settings: ServiceSettings, purpose: str, channel: str, wake: Callable[[], None]) -> Any:
    """Opens a connection outside the pool. It calls `wake` on each NOTIFY of `channel`, and when it breaks.

    For background loops, which close it, and open another one when it breaks.
    """
    arguments = connect_arguments(settings)
    arguments["server_settings"]["application_name"] += f"-{purpose}"
    connection = await asyncpg.connect(**arguments)
    await connection.add_listener(channel, lambda *_: wake())
    connection.add_termination_listener(lambda _: wake())
    return connection


def sqlstate(error: BaseException) -> str:
    """Returns PostgreSQL's error code (PostgreSQL manual, appendix A), or an empty text."""
    return getattr(getattr(error, "orig", error), "sqlstate", None) or ""


def is_transient(error: BaseException) -> bool:
    """Returns whether the whole transaction may succeed when it is run again. It was rolled back, so this is safe."""
    return sqlstate(error) in (SERIALIZATION_FAILURE, DEADLOCK) or is_disconnect(error)


def is_disconnect(error: BaseException) -> bool:
    """Returns whether the database cannot be reached, or does not let the service in.

    asyncpg raises the operating system's errors when it cannot connect, InterfaceError on a closed connection, and
    InternalClientError on one that the server is just closing.
    """
    if sqlstate(error).startswith(_OUTAGES) or isinstance(error, OSError | asyncpg.InternalClientError):
        return True
    original = getattr(error, "orig", None)  # SQLAlchemy's errors, in migrations
    if original is not None:
        return bool(getattr(error, "connection_invalidated", False)) or is_disconnect(original)
    return isinstance(error, asyncpg.InterfaceError) and any(text in str(error) for text in _BROKEN)
