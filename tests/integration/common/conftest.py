"""A small service with the mechanisms of `common`. It stores counters."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import asyncpg
import httpx
import pytest
from fastapi import FastAPI, Query, Response
from pydantic import Field
from sqlalchemy import bindparam, select

from services.common.clock import utc_now
from services.common.dto import Page, RequestModel, response_model
from services.common.errors import Conflict, NotFound
from services.common.etags import etag
from services.common.identifiers import uuid7
from services.common.paging import ASC, DESC, Keyset, PageRequest, page_of
from services.common.settings import ServiceSettings
from services.common.sql import Statement, table_of
from services.common.web.app import create_app
from services.common.web.dependencies import CurrentPrincipal, IdempotencyKey, IfMatch, Uow, requires
from services.common.web.routing import router as make_router
from services.contracts import topics
from services.contracts.events import UserRegistered
from services.contracts.roles import Role, Scope
from tests.integration.conftest import MakeSettings
from tests.support.application import running
from tests.support.issuer import TestIssuer


@dataclass(slots=True)
class Counter:
    id: UUID
    name: str
    value: int
    version: int


COUNTER = table_of(Counter, "counter")
TABLE = (
    "CREATE TABLE counter (id uuid PRIMARY KEY, name text NOT NULL, value integer NOT NULL, version integer NOT NULL)"
)


class NewCounter(RequestModel):
    name: str
    value: int = Field(default=0, ge=-(2**31), lt=2**31)


class CounterQuery(PageRequest):
    by: str = "name"


@response_model
class CounterOut:
    id: UUID
    name: str
    value: int
    version: int


def counter_out(counter: Counter) -> CounterOut:
    return CounterOut(id=counter.id, name=counter.name, value=counter.value, version=counter.version)


def event_of(counter: Counter) -> UserRegistered:
    """Returns an event of the counter. The type does not matter, and that of a user is the simplest."""
    return UserRegistered(
        user_id=counter.id,
        username=counter.name,
        email="x@example.org",
        roles=(Role.STAFF,),
        registered_at=utc_now(),
        version=counter.version,
    )


BY_NAME = Keyset("name", (COUNTER.c.name, ASC), (COUNTER.c.id, ASC))
BY_VALUE = Keyset("value", (COUNTER.c.value, DESC), (COUNTER.c.id, ASC))
LOCKED = Statement(select(COUNTER).where(COUNTER.c.id == bindparam("id")).with_for_update())
router = make_router("/counters")


@router.post("", status_code=201, dependencies=[requires(Scope.PATIENTS_WRITE), IdempotencyKey])
async def create(new: NewCounter, uow: Uow, response: Response) -> CounterOut:
    counter = Counter(id=uuid7(), name=new.name, value=new.value, version=1)
    uow.add(COUNTER, counter)
    uow.publish(event_of(counter))
    uow.record("counter.create", "counter", counter.id)
    await uow.flush()
    if new.name == "conflict":
        raise Conflict("no-such-name", "This name is refused after the row was written.")
    if new.name == "slow":
        await uow.fetch("SELECT pg_sleep(1)")
    response.headers.update({"Location": f"/counters/{counter.id}", "ETag": etag(1)})
    return counter_out(counter)


@router.get("", response_model=Page[CounterOut])
async def list_(query: Annotated[CounterQuery, Query()], uow: Uow) -> Response:
    keyset = BY_VALUE if query.by == "value" else BY_NAME
    statement = Statement(keyset.apply(select(COUNTER), after=query.cursor is not None))
    return page_of(keyset.page(await uow.all(statement, Counter, **keyset.values(query)), query), counter_out)


@router.put("/{id}")
async def replace(id: UUID, new: NewCounter, if_match: IfMatch, uow: Uow, response: Response) -> CounterOut:
    counter = await uow.one(LOCKED, Counter, id=id)
    if counter is None:
        raise NotFound("counter")
    if_match.check(counter.version)
    counter.value, counter.version = new.value, counter.version + 1
    uow.change(COUNTER, counter)
    uow.publish(event_of(counter))
    response.headers["ETag"] = etag(counter.version)
    return counter_out(counter)


@router.post("/{first}/move/{second}")
async def move(first: UUID, second: UUID, uow: Uow) -> dict[str, str]:
    """Updates two counters in the given order. Two requests in opposite orders end in a deadlock."""
    for id in (first, second):
        await uow.fetch("UPDATE counter SET value = value + 1 WHERE id = $1", id, transactional=True)
        await uow.fetch("SELECT pg_sleep(0.3)")
    return {"moved": "yes"}


@router.get("/me")
async def me(principal: CurrentPrincipal) -> dict[str, Any]:
    return {"subject": str(principal.subject), "roles": sorted(principal.roles)}


@router.get("/broken")
async def broken() -> None:
    raise RuntimeError("canary-7391 must not be seen")


application = create_app("counter", title="Counters", settings=ServiceSettings, routers=[router], topics=[topics.USER])


@pytest.fixture
async def settings(service_settings: MakeSettings) -> ServiceSettings:
    """Settings with the auth service's database, which has the tables of `common`, and with the table of counters."""
    made: ServiceSettings = await service_settings("auth")
    made = made.model_copy(update={"service_name": "counter", "idempotency_wait_seconds": 20.0})
    connection = await connect(made)
    await connection.execute(TABLE)
    await connection.close()
    return made


async def connect(settings: ServiceSettings) -> Any:
    return await asyncpg.connect(settings.database_url.replace("+asyncpg", ""))


@pytest.fixture
async def sql(settings: ServiceSettings) -> AsyncIterator[Any]:
    """The test's own connection to the database."""
    connection = await connect(settings)
    yield connection
    await connection.close()


@pytest.fixture
def app() -> FastAPI:
    return application


@pytest.fixture
async def client(app: FastAPI, settings: ServiceSettings, issuer: TestIssuer) -> AsyncIterator[httpx.AsyncClient]:
    async with running(app, settings, issuer=issuer) as client:
        client.headers.update(issuer.bearer(Role.STAFF))
        yield client


class TcpProxy:
    """Forwards TCP connections to a server. It can close and reject them, as if the server died."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._writers: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def open(self) -> None:
        self._server = await asyncio.start_server(self._relay, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in self._writers:
            writer.transport.abort()
        self._writers.clear()

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(*self._target)
        self._writers |= {writer, far_writer}
        await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while chunk := await reader.read(65536):
            writer.write(chunk)
    writer.close()


@pytest.fixture
def proxy() -> Callable[[str, int], Any]:
    """`async with proxy(host, port) as relay`: `relay.port` forwards to the server until `relay.close()`."""

    @asynccontextmanager
    async def make(host: str, port: int) -> AsyncIterator[TcpProxy]:
        relay = TcpProxy(host, port)
        await relay.open()
        yield relay
        await relay.close()

    return make
