"""`make bench-services`: measures the services and prints the figures as Markdown."""

import asyncio
from uuid import UUID

from rich.console import Console

from ops import api, aws, settings
from ops.demo.seed import fill
from ops.load import containers, effects, measure, report, scale
from ops.load.http import Target
from ops.load.measure import Result
from ops.load.scenarios import Scenario, existing_records, scenarios
from ops.load.settle import settle
from ops.problems import Problem

HTTP_PORT = 8080
GATEWAY = Target("localhost", settings.EDGE_PORT, f"/_aws/execute-api/{settings.API_ID}")


def bench_services(console: Console, write: bool) -> None:
    """Measures the running system, which should have nothing else to do. `write` puts the figures into the docs.

    The comparison of few and many patients needs a system that has about a thousand at first. Raises Problem.
    """
    services = set(aws.service_names())
    if not services:
        raise Problem("nothing is deployed", "make up")
    fill(console, "small")
    parts = [report.containers(containers.measure(services, console.print)), *asyncio.run(_measure(console, services))]
    text = "\n\n".join(parts)
    console.print(f"\n{text}", markup=False, soft_wrap=True)
    if write:
        report.write(text)


async def _measure(console: Console, services: set[str]) -> list[str]:
    async with api.Session() as admin:
        await admin.sign_in(await asyncio.to_thread(api.administrator))
        importer = UUID((await admin.get("/auth/me"))["id"])
        if await scale.count() < scale.SMALL:
            await scale.fill(importer, scale.SMALL)
        records = await existing_records(admin, services)
    await settle(services)
    small = await _lists(console)
    effect_times = await effects.measure(GATEWAY, await _token(), services)
    rows = []
    for scenario in scenarios(records, services):
        await settle(services)
        rows.append(await _compare(scenario))
        console.print(f"{scenario.name}: {rows[-1][1].per_second:.0f}/s direct, {rows[-1][2].per_second:.0f}/s gateway")
    await settle(services)
    await scale.fill(importer, 100 * scale.SMALL)
    await settle(services)
    large = await _lists(console)
    return [report.effects(effect_times), report.throughput(rows), report.scale(small, large)]


async def _lists(console: Console) -> tuple[int, dict[str, Result]]:
    patients = await scale.count()
    console.print(f"lists and searches among {patients:,} patients")
    return patients, await scale.latencies(GATEWAY, await _token())


async def _compare(scenario: Scenario) -> tuple[Scenario, Result, Result]:
    direct = Target(await asyncio.to_thread(_address, scenario.service), HTTP_PORT)
    token = await _token()
    result = await measure.load(direct, token, scenario.calls)
    return scenario, result, await measure.load(GATEWAY, token, scenario.calls)


async def _token() -> str:
    return await asyncio.to_thread(api.administrator_token)


def _address(service: str) -> str:
    """Returns the private address of a task, which this machine reaches over Docker's bridge. Raises Problem."""
    address = next(filter(None, map(aws.private_address, aws.tasks(service))), "")
    if not address:
        raise Problem(f"no task of {service} is running", "make status")
    return address
