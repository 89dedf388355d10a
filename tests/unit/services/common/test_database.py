"""Connections come back to the pool, whatever happens to the request and to the server."""

from __future__ import annotations

import asyncio
from typing import Any

import asyncpg
import pytest
from asyncpg.pool import PoolConnectionHolder

from services.common import database
from services.common.database import Database
from services.common.settings import ServiceSettings


class Connection:
    """A connection in a transaction. Statements wait for `answered`, and raise `failure` if there is one."""

    returned_at = 0.0

    def __init__(self, failure: Exception | None = None) -> None:
        self.answered = asyncio.Event()
        self.failure = failure
        self.terminated = False
        self.holder: PoolConnectionHolder | None = None

    def is_in_transaction(self) -> bool:
        return True

    async def execute(self, *_: object, **__: object) -> None:
        await self.answered.wait()
        if self.failure is not None:
            raise self.failure

    def is_closed(self) -> bool:
        return self.terminated

    def terminate(self) -> None:
        self.terminated = True
        if self.holder is not None:
            self.holder._con = None  # as asyncpg does

    async def close(self) -> None:
        raise AssertionError

    def _set_proxy(self, _: object) -> None:
        """Does not use it."""


class Pool:
    """Notes which connections came back."""

    def __init__(self) -> None:
        self.released: asyncio.Queue[Any] = asyncio.Queue()

    async def release(self, connection: Any) -> None:
        await self.released.put(connection)


@pytest.mark.parametrize("failure", [None, OSError(), asyncpg.InterfaceError("x"), asyncpg.InternalClientError("x")])
def test_a_connection_comes_back_when_the_request_ends_during_the_rollback(failure: Exception | None) -> None:
    async def run() -> None:
        pool: Any = Pool()
        used, connection = Database(ServiceSettings()), Connection(failure)
        used._pool = pool
        releasing = asyncio.create_task(used.release(connection))
        await asyncio.sleep(0)
        releasing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await releasing
        assert pool.released.empty()
        connection.answered.set()
        async with asyncio.timeout(5):
            assert await pool.released.get() is connection
        assert connection.terminated is (failure is not None)

    asyncio.run(run())


@pytest.mark.parametrize("failure", [TimeoutError(), asyncpg.InternalClientError("x")])
def test_a_connection_that_does_not_answer_is_dropped_at_once(failure: Exception) -> None:
    async def run() -> None:
        connection: Any = Connection(failure)
        connection.answered.set()
        pool: Any = Pool()
        pool._generation = None
        holder = PoolConnectionHolder(pool, max_queries=1, setup=database._check, max_inactive_time=0)
        holder._con, connection.holder = connection, holder
        with pytest.raises(database._Stale):
            await holder.acquire()
        assert connection.terminated

    asyncio.run(run())
