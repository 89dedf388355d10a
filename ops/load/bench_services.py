"""`make bench-services`: measures the services and prints the figures as Markdown."""

import asyncio

from rich.console import Console

from ops import aws
from ops.demo.seed import fill
from ops.load import containers, effects, measure, report, scale
from ops.load.measure import Result
from ops.load.session import DIRECT_WAY, GATEWAY, GATEWAY_WAY, LoadSession, Outcome, administrator_token
from ops.load.settle import settle
from ops.problems import Problem


def bench_services(console: Console, write: bool) -> None:
    """Measures the running system, which should have nothing else to do. `write` puts the figures into the docs.

    The comparison of few and many patients needs a system that has about a thousand at first. Raises Problem.
    """
    services = deployed()
    fill(console, "small")
    parts = [report.containers(containers.measure(services, console.print)), *asyncio.run(_measure(console, services))]
    text = "\n\n".join(parts)
    console.print(f"\n{text}", markup=False, soft_wrap=True)
    if write:
        report.write(text)


def deployed() -> set[str]:
    """Returns the names of the deployed services. Raises Problem if there are none."""
    services = set(aws.service_names())
    if not services:
        raise Problem("nothing is deployed", "make up")
    return services


async def _measure(console: Console, services: set[str]) -> list[str]:
    async with LoadSession.open(services) as session:
        small = await _lists(console)
        effect_times = await effects.measure(GATEWAY, await administrator_token(), services)
        outcomes = await session.run(measure.SECONDS, (), lambda outcome: console.print(progress(outcome)))
        await scale.fill(session.importer, 100 * scale.SMALL)
        await settle(services)
        large = await _lists(console)
    return [
        report.effects(effect_times),
        report.throughput(outcomes),
        report.costs(outcomes),
        report.writes(outcomes),
        report.scale(small, large),
    ]


def progress(outcome: Outcome) -> str:
    """Returns a scenario's rates as one line."""
    direct, gateway = (outcome.ways[way].result.per_second for way in (DIRECT_WAY, GATEWAY_WAY))
    return f"{outcome.scenario.name}: {direct:.0f}/s direct, {gateway:.0f}/s gateway"


async def _lists(console: Console) -> tuple[int, dict[str, Result]]:
    patients = await scale.count()
    console.print(f"lists and searches among {patients:,} patients")
    return patients, await scale.latencies(GATEWAY, await administrator_token())
