"""The service's PostgreSQL database: pool, sessions, units of work, and the meaning of errors."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import DateTime, Text, Uuid, event, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError, DisconnectionError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from services.common.errors import Problem
from services.common.settings import ServiceSettings
from services.common.unit_of_work import Call, UnitOfWork

COLUMN_TYPES: dict[Any, Any] = {
    str: Text,
    UUID: Uuid,
    datetime: DateTime(timezone=True),
    dict[str, Any]: JSONB,
}
"""For a service's `class Base(DeclarativeBase): type_annotation_map = COLUMN_TYPES`."""

SERIALIZATION_FAILURE, DEADLOCK = "40001", "40P01"
IDLE_SECONDS_BEFORE_PING = 15.0


class Database:
    """Sessions and units of work on one connection pool."""

    def __init__(self, settings: ServiceSettings) -> None:
        self._settings = settings
        self.engine = create_async_engine(
            settings.database_url,
            pool_size=settings.database_pool_size,
            max_overflow=0,
            pool_timeout=10,
            pool_recycle=1800,
            connect_args=connect_arguments(settings),
        )
        _notice_dead_connections(self.engine)
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        # A GET that writes nothing needs no BEGIN and COMMIT: one round trip instead of three.
        reading = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._reading = async_sessionmaker(reading, expire_on_commit=False, autoflush=False)

    @asynccontextmanager
    async def unit_of_work(self, defer: Callable[[Call], None] | None = None) -> AsyncIterator[UnitOfWork]:
        """One transaction: committed when the block ends, rolled back when it raises (see `Problem.keeps_changes`).

        `defer` takes the calls of `UnitOfWork.after_commit`; without it they are made right after the commit.
        """
        async with self._sessions() as session:
            uow = UnitOfWork(session, self.unit_of_work, defer)
            try:
                yield uow
            except Problem as problem:
                if problem.keeps_changes:
                    await uow.commit()
                raise
            await uow.commit()

    @asynccontextmanager
    async def read_session(self) -> AsyncIterator[AsyncSession]:
        """A session in autocommit: each statement sees the newest committed state."""
        async with self._reading() as session:
            yield session

    async def ping(self) -> None:
        """Raises when the database does not answer."""
        async with self._reading() as session:
            await session.execute(text("SELECT 1"))

    async def close(self) -> None:
        """Closes the pool's connections."""
        await self.engine.dispose()


def connect_arguments(settings: ServiceSettings) -> dict[str, Any]:
    """Returns asyncpg's arguments. The keep-alives free the locks of a client whose host vanished."""
    milliseconds = int(settings.statement_seconds * 1000)
    return {
        "timeout": 5,
        "command_timeout": settings.statement_seconds + 5,
        "ssl": settings.database_ssl,
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
    connection = await asyncpg.connect(
        host=settings.database_host,
        port=settings.database_port,
        user=settings.database_username,
        password=settings.database_password.get_secret_value(),
        database=settings.database_name,
        **arguments,
    )
    await connection.add_listener(channel, lambda *_: wake())
    connection.add_termination_listener(lambda _: wake())
    return connection


def _notice_dead_connections(engine: Any) -> None:
    """Replaces SQLAlchemy's pre-ping, which costs three round trips on asyncpg.

    asyncpg notices at once when a socket is closed (killed server, failover), so only idle connections are pinged.
    """

    def checkout(connection: Any, entry: ConnectionPoolEntry, _: Any) -> None:
        if connection.driver_connection.is_closed():
            raise DisconnectionError("closed by the server")
        idle = time.monotonic() - entry.info.get("returned", time.monotonic())
        if idle > IDLE_SECONDS_BEFORE_PING and not _answers(engine, connection):
            raise DisconnectionError("does not answer")

    def checkin(connection: Any, entry: ConnectionPoolEntry) -> None:
        entry.info["returned"] = time.monotonic()

    event.listen(engine.sync_engine, "checkout", checkout)
    event.listen(engine.sync_engine, "checkin", checkin)


def _answers(engine: Any, connection: Any) -> bool:
    dialect = engine.sync_engine.dialect
    try:
        return bool(dialect.do_ping(connection))
    except dialect.dbapi.Error:
        return False


def sqlstate(error: DBAPIError) -> str | None:
    """Returns PostgreSQL's error code (PostgreSQL manual, appendix A)."""
    return getattr(error.orig, "sqlstate", None)


def is_transient(error: DBAPIError) -> bool:
    """Returns whether the whole transaction may succeed when it is run again. It was rolled back, so this is safe."""
    return sqlstate(error) in (SERIALIZATION_FAILURE, DEADLOCK) or is_disconnect(error)


def is_disconnect(error: BaseException) -> bool:
    """Returns whether the database cannot be reached (classes 08 and 57P: shut down; 53300: no connection left)."""
    if isinstance(error, DBAPIError):
        state = sqlstate(error) or ""
        return error.connection_invalidated or state.startswith(("08", "57P", "53")) or is_disconnect_cause(error.orig)
    return is_disconnect_cause(error)


def is_disconnect_cause(error: BaseException | None) -> bool:
    """Returns the same for asyncpg's own errors: it raises the operating system's when it cannot connect."""
    return isinstance(error, OSError | TimeoutError) or getattr(error, "sqlstate", "")[:3] in ("57P", "080")


class Duplicate(Exception):
    """Another row has the same value. `constraint` is the name of the violated constraint."""

    def __init__(self, constraint: str | None) -> None:
        super().__init__(constraint)
        self.constraint = constraint


def violated_constraint(error: IntegrityError) -> str | None:
    """Returns the constraint's name, so that a repository can tell a duplicate e-mail from an overlapping slot."""
    cause: Any = error.orig
    while cause is not None:
        name = getattr(cause, "constraint_name", None)
        if name:
            return str(name)
        cause = cause.__cause__
    return None
