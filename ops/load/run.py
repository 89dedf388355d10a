"""The command: every figure of issue and guide, printed as tables."""

import asyncio
from collections import Counter
from uuid import UUID

from rich.console import Console
from rich.table import Table

from ops import aws, settings, summary
from ops.demo.api import Session
from ops.load import containers, effects, measure, scale
from ops.load.http import Target
from ops.load.measure import Result
from ops.load.scenarios import Scenario, look_around, scenarios
from ops.problems import Problem

HTTP_PORT = 8080
MAX_RATIO = 1.5


def bench_services(console: Console) -> None:
    """Measure the running system, which should be filled (`make demo`) and have nothing else to do."""
    services = {str(service["serviceName"]) for service in aws.services()}
    if not services:
        raise Problem("nothing is deployed", "make up demo")
    console.print(_containers(services))
    asyncio.run(_measure(console, services))


async def _measure(console: Console, services: set[str]) -> None:
    secret = await asyncio.to_thread(aws.secret, summary.ADMIN_SECRET)
    gateway = Target("localhost", settings.EDGE_PORT, f"/_aws/execute-api/{settings.API_ID}")
    async with Session(summary.api_url()) as admin:
        await admin.sign_in(secret["username"], secret["password"])
        importer = UUID((await admin.get("/auth/me"))["id"])
        if await scale.count() < scale.SMALL:
            await scale.fill(importer, scale.SMALL)
        known = await look_around(admin, services)
    token = await asyncio.to_thread(summary.sign_in)
    before = (await scale.count(), await scale.latencies(gateway, token))
    console.print(_effects(await effects.measure(gateway, token, services)))
    rows = []
    for scenario in scenarios(known, services):
        rows.append(await _compare(scenario, gateway, token))
        console.print(f"{scenario.name}: {rows[-1][1].per_second:.0f}/s direct, {rows[-1][2].per_second:.0f}/s gateway")
    console.print(_throughput(rows))
    await scale.fill(importer, 100 * scale.SMALL)
    token = await asyncio.to_thread(summary.sign_in)
    console.print(_scale(before, (await scale.count(), await scale.latencies(gateway, token))))


async def _compare(scenario: Scenario, gateway: Target, token: str) -> tuple[Scenario, Result, Result]:
    direct = Target(await asyncio.to_thread(_address, scenario.service), HTTP_PORT)
    alone = await measure.load(direct, token, scenario.calls)
    return scenario, alone, await measure.load(gateway, token, scenario.calls)


def _address(service: str) -> str:
    """The private address of a task, which this machine reaches over Docker's bridge."""
    for task in aws.tasks(service):
        for attachment in task["attachments"]:
            for detail in attachment["details"]:
                if detail["name"] == "privateIPv4Address":
                    return str(detail["value"])
    raise Problem(f"no task of {service} runs", "make status")


def _containers(services: set[str]) -> Table:
    table = Table("service", "memory, MiB (aim 120)", "start to listening, s (aim 2)", title="Containers")
    for found in containers.measure(services):
        started = "?" if found.start_seconds is None else f"{found.start_seconds:.1f}"
        table.add_row(found.service, f"{found.mebibytes:.0f}", started)
    return table


def _throughput(rows: list[tuple[Scenario, Result, Result]]) -> Table:
    table = Table("service", "call", title=f"{measure.CONNECTIONS} connections")
    for way in ("direct", "gateway"):
        for column in ("req/s", "p50 ms", "p99 ms", "failed"):
            table.add_column(f"{way} {column}", justify="right")
    for scenario, *results in rows:
        cells = [cell for result in results for cell in _cells(result)]
        table.add_row(scenario.service, scenario.name, *cells)
    return table


def _cells(result: Result) -> list[str]:
    failed = ", ".join(f"{count}x{status or 'broken'}" for status, count in sorted(result.failures.items()))
    return [f"{result.per_second:.0f}", f"{result.percentile(50):.1f}", f"{result.percentile(99):.1f}", failed or "0"]


def _effects(found: dict[str, list[float]]) -> Table:
    table = Table("effect", "p50 ms", "p99 ms (aim 100)", "n", title="After a registration's answer")
    for name, times in found.items():
        result = Result(0, tuple(times), failures=Counter())
        table.add_row(name, f"{result.percentile(50):.0f}", f"{result.percentile(99):.0f}", str(len(times)))
    return table


def _scale(small: tuple[int, dict[str, Result]], large: tuple[int, dict[str, Result]]) -> Table:
    table = Table("query", f"p50 ms, {small[0]:,} patients", f"p50 ms, {large[0]:,}", f"ratio (aim < {MAX_RATIO})")
    table.title = "Lists and searches, through the gateway"
    for name, result in small[1].items():
        one, many = result.percentile(50), large[1][name].percentile(50)
        table.add_row(name, f"{one:.1f}", f"{many:.1f}", f"{many / one:.2f}")
    return table
