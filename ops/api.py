"""Clients of the public API: a plain one, and one that repeats requests."""

import asyncio
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

import httpx

from ops import aws, settings
from ops.problems import Problem
from ops.waiting import pauses

ADMIN_SECRET = f"{settings.PREFIX}/auth/admin"
TRANSIENT = (429, 502, 503, 504)
"""Statuses after which a client may repeat its request: too many requests, or no server for the moment."""

_RETRY_SECONDS = 30.0
_PARALLEL_REQUESTS = 8
_TIMEOUT_SECONDS = 30.0


class UnexpectedAnswer(Problem):
    """An answer with another status than those the caller can use."""

    def __init__(self, answer: httpx.Response) -> None:
        request = answer.request
        super().__init__(
            f"{request.method} {request.url.path} answered {answer.status_code}: {answer.text[:300]}",
            "make status; make logs SERVICE=...",
        )
        self.answer = answer


@dataclass(frozen=True)
class Credentials:
    """What somebody signs in with."""

    username: str
    password: str = field(repr=False)


def administrator() -> Credentials:
    """Returns the credentials of the first administrator, whose password was generated at deployment."""
    secret = aws.secret(ADMIN_SECRET)
    return Credentials(secret["username"], secret["password"])


def client(token: str = "", timeout: float = _TIMEOUT_SECONDS) -> httpx.Client:
    """Returns a client that sends `token`, if there is one, with every request."""
    return httpx.Client(base_url=settings.API_URL, headers=_authorization(token), timeout=timeout)


def sign_in(http: httpx.Client, credentials: Credentials) -> dict[str, Any]:
    """Returns the body of the answer to a sign-in, tokens included. Raises UnexpectedAnswer."""
    body = {"username": credentials.username, "password": credentials.password}
    answer = http.post("/auth/login", json=body)
    if answer.status_code != 200:
        raise UnexpectedAnswer(answer)
    return dict(answer.json())


def administrator_token() -> str:
    """Returns a new access token of the first administrator. Raises UnexpectedAnswer."""
    with client() as http:
        return str(sign_in(http, administrator())["access_token"])


class Session:
    """A signed-in client for many requests at once. It repeats a request that failed for the moment."""

    def __init__(self) -> None:
        self._http = httpx.AsyncClient(base_url=settings.API_URL, timeout=_TIMEOUT_SECONDS)
        self._limit = asyncio.Semaphore(_PARALLEL_REQUESTS)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def sign_in(self, credentials: Credentials) -> None:
        """Sends the token of this account from now on. Raises UnexpectedAnswer when the credentials are refused."""
        body = {"username": credentials.username, "password": credentials.password}
        tokens = await self.post("/auth/login", body)
        self._http.headers.update(_authorization(tokens["access_token"]))

    async def get(self, path: str, **query: Any) -> Any:
        """Returns the body of the answer. Raises UnexpectedAnswer."""
        return (await self.call("GET", path, params=query)).json()

    async def post(self, path: str, body: dict[str, Any] | None = None, key: str = "", accept: int = 200) -> Any:
        """Returns the body of the answer. Raises UnexpectedAnswer, but not for the status `accept`.

        `key` is an Idempotency-Key: a request that is repeated with it has no second effect.
        """
        headers = {"idempotency-key": key} if key else {}
        answer = await self.call("POST", path, json=body, headers=headers, accept=accept)
        return answer.json()

    async def call(self, method: str, path: str, accept: int = 200, **options: Any) -> httpx.Response:
        """Returns an answer of success, or one with the status `accept`. Raises UnexpectedAnswer and Problem."""
        for pause in pauses(_RETRY_SECONDS):
            async with self._limit:
                answer = await self._attempt(method, path, options)
            if answer is not None:
                if answer.is_success or answer.status_code == accept:
                    return answer
                if answer.status_code not in TRANSIENT:
                    raise UnexpectedAnswer(answer)
            await asyncio.sleep(pause)
        if answer is None:
            raise Problem(f"{self._http.base_url} does not answer", "make up")
        raise UnexpectedAnswer(answer)

    async def _attempt(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response | None:
        try:
            return await self._http.request(method, path, **options)
        except httpx.TransportError:
            return None


def _authorization(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"} if token else {}
