"""Builds a service's application: everything that is the same for all services."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from fastapi import APIRouter, FastAPI
from fastapi.middleware.asyncexitstack import AsyncExitStackMiddleware
from fastapi.telemetry import TelemetryConfig
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.routing import BaseRoute
from starlette.types import ASGIApp

from services.common import logs, telemetry
from services.common.database import Database
from services.common.messaging.housekeeping import Housekeeping
from services.common.messaging.kafka import Kafka
from services.common.messaging.relay import Relay
from services.common.runtime import Runtime
from services.common.security.keys import KeySet, KeySource
from services.common.security.kms_keys import KmsKeys
from services.common.security.tokens import TokenVerifier
from services.common.settings import ServiceSettings
from services.common.web import deadline, health, middleware, openapi, problems, routing
from services.contracts.topics import Topic

if TYPE_CHECKING:
    from services.common.messaging.consumers import Handlers

S = TypeVar("S", bound=ServiceSettings)
C = TypeVar("C")
Compose = Callable[[Runtime[S]], AbstractAsyncContextManager[C]]
RegisterGrpc = Callable[[Any, Runtime[S, C]], None]
VERSION = "1.0.0"

_NO_TELEMETRY: TelemetryConfig = {
    "tracing": False,
    "operation_spans": False,
    "metrics": False,
    "logs": False,
    "auto_configure": False,
}
"""FastAPI's own spans contain the query string and the path, and its log contains rejected values: patients' data.
`middleware.ObservabilityMiddleware` makes ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceDefinition(Generic[S, C]):
    """What a service consists of. The commands and the tests read it from `app.state.definition`."""

    name: str
    settings: type[S]
    topics: tuple[Topic, ...]
    compose: Compose[S, C] | None
    consumers: Handlers[Runtime[S, C]] | None
    grpc_services: RegisterGrpc[S, C] | None
    keys: Callable[[S], KeySource] | None

    def read_settings(self) -> S:
        """Reads the settings from the environment."""
        return self.settings(service_name=self.name)


def create_app(
    name: str,
    *,
    title: str,
    settings: type[S],
    routers: Sequence[APIRouter],
    compose: Compose[S, C] | None = None,
    topics: Sequence[Topic] = (),
    consumers: Handlers[Runtime[S, C]] | None = None,
    grpc_services: RegisterGrpc[S, C] | None = None,
    keys: Callable[[S], KeySource] | None = None,
) -> FastAPI:
    """Returns the application. Nothing is read or connected before it starts.

    `compose` is a context manager that makes the components; `topics` are those that the service publishes;
    `grpc_services` is a function that adds servicers to the gRPC server; `keys` replaces the keys in KMS that verify
    tokens, for the service that signs them.
    """
    app = _Application(
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
    app.state.definition = ServiceDefinition(
        name=name,
        settings=settings,
        topics=tuple(topics),
        compose=compose,
        consumers=consumers,
        grpc_services=grpc_services,
        keys=keys,
    )
    app.state.settings, app.state.keys = None, None  # tests set them
    problems.install(app)
    for router in routers:
        app.include_router(router)
        app.public_routes += router.routes
    app.include_router(health.router)
    openapi.install(app)
    return app


class _Application(FastAPI):
    """FastAPI with the services' own way of a request: its middleware and its search for the route."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.public_routes: list[BaseRoute] = []

    def build_middleware_stack(self) -> ASGIApp:
        """Returns what a request passes through, the outermost layer first.

        FastAPI's own stack has further layers, for telemetry, limits and errors, which do nothing here.
        """
        others = AsyncExitStackMiddleware(self.router)
        routes = ExceptionMiddleware(routing.RouteTable(self.public_routes, others), handlers=self.exception_handlers)
        limited = middleware.RequestLimitsMiddleware(deadline.DeadlineMiddleware(routes))
        return middleware.ObservabilityMiddleware(limited)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    """Starts everything in the order of dependency and stops it in reverse, after the last request has ended."""
    definition: ServiceDefinition[Any, Any] = app.state.definition
    settings = app.state.settings or definition.read_settings()
    logs.set_up(settings.service_name, settings.stage, settings.log_level)
    telemetry.set_up(settings)
    keys: KeySource = app.state.keys or (definition.keys or _keys)(settings)
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
        if definition.compose:
            runtime.components = await stack.enter_async_context(definition.compose(runtime))
        stack.push_async_callback(runtime.background.stop, settings.shutdown_seconds)
        _start_background(definition, runtime)
        await keys.warm_up()  # the port does not listen yet, so no request arrives before
        if definition.grpc_services:
            await _start_grpc(definition.grpc_services, runtime, stack)
        logs.logger(__name__).info("started", version=settings.service_version, port=settings.http_port)
        yield {"runtime": runtime}
        logs.logger(__name__).info("stopping")


def _keys(settings: ServiceSettings) -> KeySource:
    return KeySet(settings.jwks_url) if settings.jwks_url else KmsKeys(settings)


def _start_background(definition: ServiceDefinition[Any, Any], runtime: Runtime[Any, Any]) -> None:
    settings, background = runtime.settings, runtime.background
    housekeeping = Housekeeping(settings, runtime.database)
    background.start("audit-sealer", housekeeping.seal)
    if settings.audit_key_id:
        background.start("audit-anchor", housekeeping.anchor)
    background.start("outbox-lag", housekeeping.measure)
    background.start("purge", housekeeping.purge)
    if definition.topics:
        background.start("outbox-relay", Relay(settings, runtime.kafka, definition.topics).run)
    if definition.consumers is not None:
        from services.common.messaging.consumer_loop import ConsumerLoop

        background.start("consumers", ConsumerLoop(runtime, definition.consumers, definition.name).run)


async def _start_grpc(register: RegisterGrpc[Any, Any], runtime: Runtime[Any, Any], stack: AsyncExitStack) -> None:
    from services.common.rpc.server import Server

    server = Server(runtime.tokens, runtime.settings.grpc_port)
    register(server.grpc, runtime)
    await server.start()
    runtime.on_drain(server.drain)
    stack.push_async_callback(server.stop, runtime.settings.shutdown_seconds)
