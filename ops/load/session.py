"""Runs load scenarios against the running system, and counts what they cost."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from ops import api, aws, settings
from ops.load import measure, scale
from ops.load.cost import Meter, Spent
from ops.load.http import Target
from ops.load.measure import Result
from ops.load.scenarios import Records, Scenario, existing_records, scenarios
from ops.load.settle import settle
from ops.load.writes import Writes
from ops.problems import Problem

HTTP_PORT = 8080
GATEWAY = Target("localhost", settings.EDGE_PORT, f"/_aws/execute-api/{settings.API_ID}")
DIRECT_WAY, GATEWAY_WAY = "direct", "gateway"


@dataclass(frozen=True)
class Way:
    """The same calls over one way: straight to the service's task, or through the gateway."""

    result: Result
    spent: Spent


@dataclass(frozen=True)
class Outcome:
    """A scenario's figures. `writes` are those of both ways together, by service."""

    scenario: Scenario
    ways: dict[str, Way]
    writes: dict[str, Writes] = field(default_factory=dict)

    @property
    def requests(self) -> int:
        return sum(way.result.sent for way in self.ways.values())


class LoadSession:
    """Scenarios for the records that the system has, one after the other."""

    def __init__(self, records: Records, services: set[str], meter: Meter, importer: UUID) -> None:
        self._records, self._services, self._meter = records, services, meter
        self._written: dict[str, Writes] = {}
        self.importer = importer

    @classmethod
    @asynccontextmanager
    async def open(cls, services: set[str], schema_is_own: bool = True) -> AsyncIterator["LoadSession"]:
        """Finds records and waits until the system has nothing to do. `make demo` has to have filled the system.

        With `schema_is_own` patients are imported into the database; otherwise some are registered through the API,
        which another version of the services has, too.
        """
        async with api.Session() as admin:
            await admin.sign_in(await asyncio.to_thread(api.administrator))
            importer = UUID((await admin.get("/auth/me"))["id"])
            if not schema_is_own:
                await scale.register(admin)
            elif await scale.count() < scale.SMALL:
                await scale.fill(importer, scale.SMALL)
            records = await existing_records(admin, services)
        await settle(services)
        meter = await Meter.of(services)
        try:
            yield cls(records, services, meter, importer)
        finally:
            await meter.databases.close()

    async def run(
        self, seconds: float, only: Iterable[str], say: Callable[[Outcome], object], count_writes: bool = True
    ) -> list[Outcome]:
        """Measures the scenarios whose names contain one of `only`, or all. Raises Problem if there is none."""
        chosen = [one for one in scenarios(self._records, self._services) if one.matches(only)]
        if not chosen:
            raise Problem("no scenario has such a name", "make bench-services prints the names")
        outcomes = []
        for scenario in chosen:
            outcomes.append(await self._outcome(scenario, seconds, count_writes))
            say(outcomes[-1])
        return outcomes

    async def _outcome(self, scenario: Scenario, seconds: float, count_writes: bool) -> Outcome:
        await settle(self._services)
        if count_writes and not self._written:
            self._written = await self._meter.writes()
        direct = Target(await asyncio.to_thread(_address, scenario.service), HTTP_PORT)
        ways = {}
        for name, target in ((DIRECT_WAY, direct), (GATEWAY_WAY, GATEWAY)):
            ways[name] = await self._way(target, scenario, seconds)
        return Outcome(scenario, ways, await self._writes() if count_writes else {})

    async def _writes(self) -> dict[str, Writes]:
        """Returns what the databases have written since the last time."""
        before, self._written = self._written, await self._meter.writes()
        return {service: self._written[service] - before[service] for service in before}

    async def _way(self, target: Target, scenario: Scenario, seconds: float) -> Way:
        token = await administrator_token()
        with self._meter.processor_time() as spent:
            result = await measure.load(target, token, scenario.calls, seconds=seconds)
            await settle(self._services)  # what a request sets off in other services belongs to its cost
        return Way(result, spent)


async def administrator_token() -> str:
    """Returns a new access token of the first administrator."""
    return await asyncio.to_thread(api.administrator_token)


def _address(service: str) -> str:
    """Returns the private address of a task, which this machine reaches over Docker's bridge. Raises Problem."""
    address = next(filter(None, map(aws.private_address, aws.tasks(service))), "")
    if not address:
        raise Problem(f"no task of {service} is running", "make status")
    return address
