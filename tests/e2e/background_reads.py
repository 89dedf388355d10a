"""Steady traffic in the background, which records every answer other than 200."""

import threading
from types import TracebackType

import httpx

from ops import settings


class BackgroundReads:
    """Reads patients from `clients` connections until the block ends."""

    def __init__(self, token: str, clients: int = 4) -> None:
        self.answers = 0
        self.failures: list[str] = []
        self._token = token
        self._stop = threading.Event()
        self._guard = threading.Lock()
        self._threads = [threading.Thread(target=self._run, args=(number,)) for number in range(clients)]

    def __enter__(self) -> "BackgroundReads":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self, number: int) -> None:
        headers = {"authorization": f"Bearer {self._token}"}
        # Every other client opens a new connection for each request: both kinds must be served.
        limits = httpx.Limits(max_keepalive_connections=number % 2)
        with httpx.Client(base_url=settings.API_URL, headers=headers, limits=limits, timeout=30) as http:
            while not self._stop.is_set():
                self._note(self._ask(http))
                self._stop.wait(0.02)

    def _ask(self, http: httpx.Client) -> str:
        try:
            answer = http.get("/api/patients", params={"limit": 1})
        except httpx.HTTPError as error:
            return f"{type(error).__name__}: {error}"
        return "" if answer.status_code == 200 else f"{answer.status_code} {answer.text[:200]}"

    def _note(self, failure: str) -> None:
        with self._guard:
            self.answers += 1
            if failure:
                self.failures.append(failure)
