"""Which statements a request runs: each is a round trip to the database."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

import pytest

from services.common.runtime import Runtime

_SEEN: ContextVar[list[str] | None] = ContextVar("_SEEN", default=None)
"""What the present call has run. Background loops have a context of their own."""

_OF_ASYNCPG = ("typeinfo_tree", "set_config('jit'")
"""What asyncpg itself runs, once for each connection, to know the types of parameters."""


def _note(record: Any) -> None:
    seen = _SEEN.get()
    if seen is not None and not any(mark in record.query for mark in _OF_ASYNCPG):
        seen.append(record.query)


async def statements_of(
    runtime: Runtime[Any, Any], monkeypatch: pytest.MonkeyPatch, call: Callable[[], Awaitable[Any]]
) -> list[str]:
    """Makes the call. Returns the statements that it ran on connections of the service's pool."""
    acquire = runtime.database.acquire

    async def watched() -> Any:
        connection = await acquire()
        connection.add_query_logger(_note)  # once for each connection: they are a set
        return connection

    seen: list[str] = []
    token = _SEEN.set(seen)
    with monkeypatch.context() as patch:
        patch.setattr(runtime.database, "acquire", watched)
        await call()
    _SEEN.reset(token)
    return seen
