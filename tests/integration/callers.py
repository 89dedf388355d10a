"""Who calls a service, and how what they get is told over both doors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import grpc
import httpx
from fastapi import FastAPI

from services.contracts.routes import routes_of


@dataclass
class Caller:
    """Somebody with a token. A suite whose paths all begin alike makes a subclass with its `PATH`."""

    PATH: ClassVar[str] = ""

    client: httpx.AsyncClient
    user_id: UUID
    headers: dict[str, str]

    async def request(self, method: str, path: str = "", **arguments: Any) -> httpx.Response:
        headers = {**self.headers, **arguments.pop("headers", {})}
        return await self.client.request(method, f"{self.PATH}{path}", headers=headers, **arguments)

    @property
    def metadata(self) -> tuple[tuple[str, str], ...]:
        """The token as gRPC carries it."""
        return (("authorization", self.headers["Authorization"]),)


async def status_of(call: Any) -> grpc.StatusCode:
    """With which status a gRPC call ends."""
    try:
        await call
    except grpc.aio.AioRpcError as error:
        return error.code()
    return grpc.StatusCode.OK


def covers_all_routes(service: str, app: FastAPI, keys: Iterable[str]) -> bool:
    """Whether these are the service's operations: those that the gateway routes to it, and those that it documents."""
    paths = app.openapi()["paths"].items()
    documented = {f"{method.upper()} {path}" for path, item in paths for method in item if method != "parameters"}
    return set(keys) == documented == {route.key for route in routes_of(service)}
