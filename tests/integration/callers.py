"""Callers of a service, the status of a gRPC call, and the operations that a service has."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import grpc
import httpx
from fastapi import FastAPI

from services.common.dto import MERGE_PATCH
from services.contracts.routes import routes_of


@dataclass
class Caller:
    """Somebody with a token. `base_path` is the beginning of all paths that they request."""

    client: httpx.AsyncClient
    user_id: UUID
    headers: dict[str, str]
    base_path: str = ""

    async def request(self, method: str, path: str = "", **arguments: Any) -> httpx.Response:
        """Sends a request with the caller's token."""
        headers = {**self.headers, **arguments.pop("headers", {})}
        return await self.client.request(method, f"{self.base_path}{path}", headers=headers, **arguments)

    async def patch(self, path: str, changes: Any, **headers: str) -> httpx.Response:
        """Sends a merge patch (RFC 7396)."""
        headers = {"content-type": MERGE_PATCH, **headers}
        return await self.request("PATCH", path, content=json.dumps(changes), headers=headers)

    @property
    def metadata(self) -> tuple[tuple[str, str], ...]:
        """The metadata of a gRPC call, with the token."""
        return (("authorization", self.headers["Authorization"]),)


async def status_of(call: Any) -> grpc.StatusCode:
    """Returns the status with which a gRPC call ends."""
    try:
        await call
    except grpc.aio.AioRpcError as error:
        return error.code()
    return grpc.StatusCode.OK


def covers_all_routes(service: str, app: FastAPI, keys: Iterable[str]) -> bool:
    """Returns whether these are the operations that the gateway routes to the service, and those that it documents."""
    paths = app.openapi()["paths"].items()
    documented = {f"{method.upper()} {path}" for path, item in paths for method in item if method != "parameters"}
    return set(keys) == documented == {route.key for route in routes_of(service)}


async def items_of_all_pages(get: Callable[[dict[str, Any]], Awaitable[httpx.Response]], **params: Any) -> list[Any]:
    """Returns the items of all pages of a list. `get` requests one page with the given parameters."""
    found: list[Any] = []
    while True:
        page = (await get(params)).json()
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        params["cursor"] = page["next_cursor"]
