"""The public API as somebody who is signed in uses it."""

import asyncio
import random
import time
from types import TracebackType
from typing import Any, Self

import httpx

from ops.problems import Problem

_PATIENCE_SECONDS = 30.0
_PARALLEL = 8


class Unexpected(Problem):
    """An answer that the demo cannot go on with."""

    def __init__(self, answer: httpx.Response) -> None:
        request = answer.request
        super().__init__(
            f"{request.method} {request.url.path} answered {answer.status_code}: {answer.text[:300]}",
            "make status; make logs SERVICE=...",
        )
        self.answer = answer


class Session:
    """A client with somebody's token. What is not there for a moment is asked for again."""

    def __init__(self, base_url: str) -> None:
        self._http = httpx.AsyncClient(base_url=base_url, timeout=30)
        self._turn = asyncio.Semaphore(_PARALLEL)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def sign_in(self, username: str, password: str) -> None:
        """Raises Unexpected when the credentials are refused."""
        tokens = await self.post("/auth/login", {"username": username, "password": password})
        self._http.headers["authorization"] = f"Bearer {tokens['access_token']}"

    async def get(self, path: str, **query: Any) -> Any:
        return (await self.call("GET", path, params=query)).json()

    async def post(self, path: str, body: dict[str, Any] | None = None, key: str = "", accept: int = 200) -> Any:
        """POST, with an Idempotency-Key if one is given: repeating it changes nothing. Also takes status ``accept``."""
        headers = {"idempotency-key": key} if key else {}
        answer = await self.call("POST", path, json=body, headers=headers, accept=accept)
        return answer.json()

    async def call(self, method: str, path: str, accept: int = 200, **options: Any) -> httpx.Response:
        """The answer, if it is one of success or ``accept``. Raises Unexpected."""
        deadline, pause = time.monotonic() + _PATIENCE_SECONDS, 0.1
        while True:
            async with self._turn:
                answer = await self._attempt(method, path, options)
            if answer is not None and (answer.is_success or answer.status_code == accept):
                return answer
            if answer is not None and answer.status_code not in (429, 502, 503, 504):
                raise Unexpected(answer)
            if time.monotonic() > deadline:
                if answer is None:
                    raise Problem(f"{self._http.base_url} does not answer", "make up")
                raise Unexpected(answer)
            await asyncio.sleep(pause + random.uniform(0, pause))
            pause = min(2 * pause, 2.0)

    async def _attempt(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response | None:
        try:
            return await self._http.request(method, path, **options)
        except httpx.TransportError:
            return None
