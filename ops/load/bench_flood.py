"""`make bench-flood`: what people notice of a flood of anonymous sign-ins and registrations."""

import asyncio
import itertools
import time
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from rich.console import Console

from ops import api
from ops.api import Credentials
from ops.demo.plan import ACCOUNTS, PASSWORD
from ops.demo.seed import fill
from ops.load import report
from ops.load.bench_services import deployed
from ops.load.http import Call, Connection, Target
from ops.load.measure import Result
from ops.load.scenarios import new_account
from ops.load.session import GATEWAY, administrator_token
from ops.problems import Problem

_CALM_SECONDS = 10.0
_PAUSE_SECONDS = 0.25
_LIST = Call("GET", "/api/patients?limit=50")
_ANSWER_SECONDS = 30.0


@dataclass
class Flood:
    """Anonymous calls, each over a connection of its own, sent at a rate that does not wait for answers."""

    target: Target
    per_second: float
    statuses: Counter[int] = field(default_factory=Counter)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Floods until the end of the block. Calls without an answer are abandoned then."""
        pending: set[asyncio.Task[None]] = set()

        async def pour() -> None:
            start = time.monotonic()
            for number, call in enumerate(anonymous_calls()):
                await asyncio.sleep(max(0.0, start + number / self.per_second - time.monotonic()))
                task = asyncio.create_task(self._send(call))
                pending.add(task)
                task.add_done_callback(pending.discard)

        source = asyncio.create_task(pour())
        try:
            yield
        finally:
            tasks = [source, *pending]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _send(self, call: Call) -> None:
        async with Connection(self.target, "") as connection:
            status, _ = await connection.send(call)
            self.statuses[status] += 1


def anonymous_calls() -> Iterator[Call]:
    """Yields sign-ins of unknown users and registrations in turns. Both make the service compute a password hash."""
    for number in itertools.count():
        name = uuid.uuid4().hex
        guess = {"username": f"nobody-{name[:16]}", "password": "not-the-password-2026"}
        yield new_account(number) if number % 2 else Call("POST", "/auth/login", guess)


def bench_flood(console: Console, per_second: float, seconds: float) -> None:
    """Prints how long sign-ins and another service's list take before and during the flood. Raises Problem."""
    if "patient" not in deployed():
        raise Problem("the service patient is not deployed", "make up")
    fill(console, "small")
    console.print(asyncio.run(_measure(per_second, seconds)), markup=False, soft_wrap=True)


async def _measure(per_second: float, seconds: float) -> str:
    token = await administrator_token()
    person = Credentials(ACCOUNTS[0].username, PASSWORD)
    await asyncio.to_thread(_sign_in, person)  # they have signed in from here before
    before = await _people(token, person, _CALM_SECONDS)
    flood = Flood(GATEWAY, per_second)
    async with flood.running():
        during = await _people(token, person, seconds)
    return table(before, during, flood.statuses, f"{per_second:g}/s for {seconds:g} s")


def table(before: dict[str, Result], during: dict[str, Result], statuses: Counter[int], title: str) -> str:
    """Returns the figures as Markdown."""
    rows = [
        [name, when, str(len(result.latencies)), str(result.failures.total())]
        + [f"{result.percentile(percent):.0f}" for percent in (50, 99)]
        for name in before
        for when, result in (("before", before[name]), ("during", during[name]))
    ]
    answers = ", ".join(f"{count} x {status or 'broken'}" for status, count in sorted(statuses.items()))
    figures = report.table(f"A flood of {title}", ["call", "flood", "answered", "failed", "p50 ms", "p99 ms"], rows)
    return f"{figures}\n\nThe flood's answers: {answers or 'none'}."


def _sign_in(person: Credentials) -> None:
    with api.client() as http:
        api.sign_in(http, person)


async def _people(token: str, person: Credentials, seconds: float) -> dict[str, Result]:
    """Somebody signs in again and again, and somebody else looks at a list."""
    login = Call("POST", "/auth/login", {"username": person.username, "password": person.password})
    sign_ins, lists = await asyncio.gather(_repeat("", login, seconds), _repeat(token, _LIST, seconds))
    return {"sign-in": sign_ins, "list of 50 patients": lists}


async def _repeat(token: str, call: Call, seconds: float) -> Result:
    latencies: list[float] = []
    failures: Counter[int] = Counter()
    end = time.monotonic() + seconds
    async with Connection(GATEWAY, token) as connection:
        while (sent := time.monotonic()) < end:
            status = await _status(connection, call)
            if 200 <= status < 300:
                latencies.append((time.monotonic() - sent) * 1000)
            else:
                failures[status] += 1
            await asyncio.sleep(_PAUSE_SECONDS)  # a person's pause: the next call is not part of the load
    return Result(0.0, tuple(sorted(latencies)), failures)


async def _status(connection: Connection, call: Call) -> int:
    """Returns the answer's status, or 0 if there is none in time."""
    try:
        async with asyncio.timeout(_ANSWER_SECONDS):
            status, _ = await connection.send(call)
            return status
    except TimeoutError:
        return 0
