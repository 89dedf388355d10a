"""What API Gateway does with the events of a connection: which route gets them, and what the client gets back."""

import asyncio
import json
import logging
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from http.client import responses
from typing import Any, TypeVar

from localstack_engines.gateway.subrequests.lambda_authorizer import Outcome
from localstack_engines.gateway.websockets import authorizer, integrations, schemas
from localstack_engines.gateway.websockets.calls import Call, Client, values
from localstack_engines.gateway.websockets.integrations import Answer, IntegrationFailed
from localstack_engines.gateway.websockets.model import (
    CONNECT,
    DEFAULT,
    DISCONNECT,
    MAX_INTEGRATION_SECONDS,
    Route,
    Stage,
    WebSocketApi,
    WebSocketApis,
)
from localstack_engines.gateway.websockets.parameters import source_value
from localstack_engines.gateway.websockets.selection import evaluate
from localstack_engines.gateway.websockets.throttling import Throttling

LOG = logging.getLogger(__name__)

_THREADS = 64
"""How many integrations and authorizers run at the same time. An idle connection needs no thread."""

_FORBIDDEN = "Forbidden"
_REFUSALS = {
    Outcome.UNAUTHORIZED: (HTTPStatus.UNAUTHORIZED, "Unauthorized"),
    Outcome.DENY: (HTTPStatus.FORBIDDEN, _FORBIDDEN),
    Outcome.ERROR: (HTTPStatus.INTERNAL_SERVER_ERROR, "Internal server error"),
}

Log = Callable[[Call, int, float], None]
"""Takes an event, the status of its answer, and the milliseconds that it took."""
Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class Handshake:
    """A client's request for a connection. `path` has the stage."""

    api_id: str
    path: str
    query: tuple[tuple[str, str], ...]
    headers: tuple[tuple[str, str], ...]
    source_ip: str
    domain: str


@dataclass(frozen=True)
class Accepted:
    """The connection may be opened. `headers` are those of the integration's answer."""

    api_id: str
    stage: str
    client: Client
    headers: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    """The handshake is answered with this status and message."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Conversations:
    """Runs integrations in threads. Its methods belong to one event loop."""

    def __init__(self, current: Callable[[], WebSocketApis], log: Log) -> None:
        self._current = current
        self._log = log
        self._pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="websocket-integration")
        self._throttling = Throttling()

    def stop(self) -> None:
        """Waits for no integration that is running."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def is_served(self, api_id: str, stage: str) -> bool:
        """Returns whether the stage still exists."""
        api = self._current().get(api_id)
        return api is not None and stage in api.stages

    async def connect(self, handshake: Handshake) -> Accepted:
        """Asks the authorizer and the integration of `$connect`. Raises Refused."""
        api, stage = self._find(handshake.api_id, handshake.path.strip("/"))
        client = Client(
            source_ip=handshake.source_ip,
            user_agent=dict(handshake.headers).get("user-agent"),
            domain=handshake.domain,
        )
        call = Call(
            api=api,
            stage=stage,
            route_key=CONNECT,
            kind="CONNECT",
            client=client,
            headers=handshake.headers,
            query=handshake.query,
        )
        with self._logged(call) as answered:
            try:
                return await self._admitted(call)
            except IntegrationFailed as failure:
                answered.status = int(failure.status)
                raise Refused(answered.status, failure.message) from failure
            except Refused as refused:
                answered.status = refused.status
                raise

    async def message(self, api_id: str, stage_name: str, client: Client, text: str) -> str | None:
        """Gives a message to its route. Returns what the client gets: the answer, an error, or nothing (None)."""
        api, stage = self._find(api_id, stage_name)
        call = Call(api=api, stage=stage, route_key=DEFAULT, client=client, kind="MESSAGE", body=text)
        call = replace(call, route_key=_route_key(call))
        with self._logged(call) as answered:
            try:
                answer = await self._routed(call)
            except IntegrationFailed as failure:
                answered.status = int(failure.status)
                return _error(call, failure.message)
            answered.status = answer.status
        return answer.body if stage.routes[call.route_key].replies and answer.body else None

    async def disconnect(self, api_id: str, stage_name: str, client: Client, code: int, reason: str) -> None:
        """Gives the end of a connection to `$disconnect`. Nobody is left to hear of a failure."""
        if not self.is_served(api_id, stage_name):
            return
        api, stage = self._find(api_id, stage_name)
        call = Call(
            api=api,
            stage=stage,
            route_key=DISCONNECT,
            kind="DISCONNECT",
            client=client,
            headers=(("host", client.domain), ("x-api-key", ""), ("x-forwarded-for", ""), ("x-restapi", "")),
            close_code=code,
            close_reason=reason,
        )
        with self._logged(call) as answered:
            if route := stage.routes.get(DISCONNECT):
                try:
                    answered.status = (await self._integrated(route, call)).status
                except IntegrationFailed as failure:
                    answered.status = int(failure.status)

    def forget_removed_stages(self) -> None:
        """Drops what is kept of stages that are not served any more."""
        self._throttling.forget({(api.id, stage) for api in self._current().values() for stage in api.stages})

    async def _admitted(self, call: Call) -> Accepted:
        """Returns the client's connection. Raises Refused or IntegrationFailed."""
        if not self._throttling.passes(call.api.id, call.stage, CONNECT):
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS, "Too Many Requests")
        route = call.stage.routes.get(CONNECT)
        if route is None:
            return Accepted(call.api.id, call.stage.name, call.client)
        missing = [name.rpartition(".")[2] for name in route.required if source_value(name, call) is None]
        if missing:
            raise Refused(HTTPStatus.BAD_REQUEST, f"Missing required request parameters: [{', '.join(missing)}]")
        if route.authorizer is not None:
            decision = await self._in_thread(MAX_INTEGRATION_SECONDS, authorizer.decide, route.authorizer, call)
            if decision.outcome is not Outcome.ALLOW:
                raise Refused(*_REFUSALS[decision.outcome])
            call = replace(call, client=replace(call.client, authorizer=decision.context))
        answer = await self._integrated(route, call)
        if not answer.succeeded:
            status = answer.status if 300 <= answer.status <= 599 else int(HTTPStatus.BAD_GATEWAY)
            raise Refused(status, responses.get(status, "Refused"))
        return Accepted(call.api.id, call.stage.name, call.client, answer.headers)

    async def _routed(self, call: Call) -> Answer:
        """Returns the answer of the message's route. Raises IntegrationFailed."""
        route = call.stage.routes.get(call.route_key)
        if route is None:
            raise IntegrationFailed(HTTPStatus.FORBIDDEN, "no route", _FORBIDDEN)
        if not self._throttling.passes(call.api.id, call.stage, call.route_key):
            raise IntegrationFailed(HTTPStatus.TOO_MANY_REQUESTS, "throttled", "Too Many Requests")
        # A model of a caller's may take long: the event loop serves all connections.
        if route.schemas and not await self._in_thread(MAX_INTEGRATION_SECONDS, schemas.fits, route.schemas, call):
            raise IntegrationFailed(
                HTTPStatus.BAD_REQUEST, "the message does not fit the model", "Invalid request body"
            )
        return await self._integrated(route, call)

    async def _integrated(self, route: Route, call: Call) -> Answer:
        """Returns the integration's answer. Raises IntegrationFailed."""
        seconds = route.integration.timeout_seconds if route.integration else MAX_INTEGRATION_SECONDS
        try:
            return await self._in_thread(seconds, integrations.run, route, call)
        except IntegrationFailed as failure:
            LOG.warning("route %s of WebSocket API %s failed: %s", route.key, call.api.id, failure)
            raise

    async def _in_thread(self, seconds: float, work: Callable[..., Result], *arguments: Any) -> Result:
        """Returns the work's result. Raises IntegrationFailed when it takes longer; the thread goes on with it.

        So does an error that nobody expected: the client is told of it like of any other.
        """
        future = asyncio.get_running_loop().run_in_executor(self._pool, work, *arguments)
        try:
            return await asyncio.wait_for(future, seconds)
        except IntegrationFailed:
            raise
        except TimeoutError as late:
            raise integrations.timed_out(late) from late
        except Exception as unexpected:
            LOG.exception("an event of a WebSocket failed")
            raise IntegrationFailed(HTTPStatus.INTERNAL_SERVER_ERROR, str(unexpected)) from unexpected

    @contextmanager
    def _logged(self, call: Call) -> Iterator["_Answered"]:
        """Logs the event when the block ends, with the status that the block sets."""
        started, answered = time.monotonic(), _Answered()
        try:
            yield answered
        finally:
            if call.stage.access_log:
                self._log(call, answered.status, (time.monotonic() - started) * 1000)

    def _find(self, api_id: str, stage_name: str) -> tuple[WebSocketApi, Stage]:
        """Raises Refused when there is no such stage, or not any more."""
        api = self._current().get(api_id)
        if api is None or stage_name not in api.stages:
            raise Refused(HTTPStatus.FORBIDDEN, _FORBIDDEN)
        return api, api.stages[stage_name]


@dataclass
class _Answered:
    status: int = int(HTTPStatus.OK)


def _route_key(call: Call) -> str:
    key = evaluate(call.api.selection, values(call))
    return key if key in call.stage.routes and key not in (CONNECT, DISCONNECT) else DEFAULT


def _error(call: Call, message: str) -> str:
    """Returns the frame that tells a client of an error."""
    return json.dumps(
        {"message": message, "connectionId": call.client.connection_id, "requestId": call.request_id},
        separators=(",", ":"),
    )
