"""A service's application: everything that is the same for all of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI
from fastapi.telemetry import TelemetryConfig

from services.common import logs, telemetry
from services.common.database import Database
from services.common.messaging.housekeeping import Housekeeping
from services.common.messaging.kafka import Kafka
from services.common.messaging.relay import Relay
from services.common.runtime import Runtime
from services.common.security.keys import KeySet, KeySource
from services.common.security.tokens import TokenVerifier
from services.common.settings import ServiceSettings
from services.common.web import health, middleware, openapi, problems
from services.contracts.topics import Topic

if TYPE_CHECKING:
    from services.common.messaging.consumers import Handlers

Compose = Callable[[Runtime[Any, Any]], AbstractAsyncContextManager[Any]]
RegisterGrpc = Callable[[Any, Runtime[Any, Any], Any], None]
VERSION = "1.0.0"

_NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "operation_spans": False,
    "metrics": False,
    "logs": False,
    "auto_configure": False,
}
"""FastAPI's own spans carry the query string and the path, its log records what was refused: patients' data. Ours are
`middleware.Observed`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a service is made of; kept on `app.state.parts` for the commands and the tests."""

    name: str
    settings: type[ServiceSettings]
    topics: tuple[Topic, ...]
    components: Compose | None
    consumers: Handlers | None
    grpc_services: RegisterGrpc | None
    keys: Callable[[Any], KeySource] | None

    def read_settings(self) -> ServiceSettings:
        """From the environment."""
        return self.settings(service_name=self.name)


def create_app(
    name: str,
    *,
    title: str,
    settings: type[ServiceSettings],
    routers: Sequence[APIRouter],
    components: Compose | None = None,
    topics: Sequence[Topic] = (),
    consumers: Handlers | None = None,
    grpc_services: RegisterGrpc | None = None,
    keys: Callable[[Any], KeySource] | None = None,
) -> FastAPI:
    """The application; nothing is read or connected before it starts.

    `topics` are those that the service publishes. `keys` replaces the issuer's key set, for the issuer itself.
    """
    parts = Parts(
        name=name,
        settings=settings,
        topics=tuple(topics),
        components=components,
        consumers=consumers,
        grpc_services=grpc_services,
        keys=keys,
    )
    app = FastAPI(
        title=title,
        version=VERSION,
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
        generate_unique_id_function=openapi.operation_id,
        telemetry=_NO_TELEMETRY,
    )
    app.state.parts = parts
    app.state.settings, app.state.keys = None, None  # tests set them
    problems.install(app)
    for router in routers:
        app.include_router(router)
    app.include_router(health.router)
    openapi.install(app)
    app.add_middleware(middleware.Limited)
    app.add_middleware(middleware.Observed)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    """Starts in the order of need, stops in the reverse: requests have ended when this resumes after the yield."""
    parts: Parts = app.state.parts
    settings = app.state.settings or parts.read_settings()
    logs.set_up(settings.service_name, settings.stage, settings.log_level)
    telemetry.set_up(settings)
    keys: KeySource = app.state.keys or (parts.keys(settings) if parts.keys else KeySet(settings.key_set_url))
    runtime: Runtime[Any, Any] = Runtime(
        settings=settings,
        database=Database(settings),
        kafka=Kafka(settings),
        tokens=TokenVerifier(issuer=settings.jwt_issuer, audience=settings.jwt_audience, keys=keys),
        keys=keys,
    )
    app.state.runtime = runtime
    async with AsyncExitStack() as stack:
        stack.push_async_callback(runtime.database.close)
        stack.callback(telemetry.shut_down)
        if parts.components:
            runtime.components = await stack.enter_async_context(parts.components(runtime))
        stack.push_async_callback(runtime.background.stop, settings.shutdown_seconds)
        _start_background(parts, runtime)
        await keys.warm_up()  # the port does not listen yet, so nobody is sent here before
        if parts.grpc_services:
            await _start_grpc(parts, runtime, stack)
        logs.logger(__name__).info("started", version=settings.service_version, port=settings.http_port)
        yield {"runtime": runtime}
        logs.logger(__name__).info("stopping")


def _start_background(parts: Parts, runtime: Runtime[Any, Any]) -> None:
    settings, background = runtime.settings, runtime.background
    housekeeping = Housekeeping(settings, runtime.database)
    background.start("audit-sealer", housekeeping.seal)
    background.start("outbox-lag", housekeeping.measure)
    background.start("purge", housekeeping.purge)
    if parts.topics:
        background.start("outbox-relay", Relay(settings, runtime.kafka, parts.topics).run)
    if parts.consumers is not None:
        from services.common.messaging.consumer_loop import ConsumerLoop

        background.start("consumers", ConsumerLoop(runtime, parts.consumers, parts.name).run)


async def _start_grpc(parts: Parts, runtime: Runtime[Any, Any], stack: AsyncExitStack) -> None:
    from services.common.rpc.server import Server

    server = Server(runtime.tokens, runtime.settings.grpc_port)
    assert parts.grpc_services is not None
    parts.grpc_services(server.grpc, runtime, runtime.components)
    await server.start()
    runtime.on_drain(server.drain)
    stack.push_async_callback(server.stop, runtime.settings.shutdown_seconds)
