"""The measured figures as Markdown, for `docs/performance.md`."""

import math
from collections.abc import Iterable, Sequence

from ops import settings
from ops.load.containers import Container
from ops.load.measure import CONNECTIONS, Result
from ops.load.session import DIRECT_WAY, GATEWAY_WAY, Outcome
from ops.load.writes import Writes

PAGE = settings.ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- figures: written by `make bench-services WRITE=1` -->", "<!-- end of figures -->"
MAX_RATIO = 1.5
WAYS = (DIRECT_WAY, GATEWAY_WAY)


def containers(found: Iterable[Container]) -> str:
    """Returns the table of the services' containers."""
    rows = [[one.service, f"{one.mebibytes:.0f}", f"{one.start_seconds:.1f}"] for one in found]
    return table("Containers", ["service", "memory, MiB (aim 120)", "start to listening, s (aim 2)"], rows)


def throughput(measured: Iterable[Outcome]) -> str:
    """Returns the table of calls under load, direct and through the gateway."""
    rows = [
        [one.scenario.service, one.scenario.name, *(cell for way in WAYS for cell in _cells(one.ways[way].result))]
        for one in measured
    ]
    head = ["service", "call"]
    head += [f"{way} {what}" for way in WAYS for what in ("req/s", "p50 ms", "p99 ms", "failed")]
    return table(f"{CONNECTIONS} connections", head, rows)


def costs(measured: Iterable[Outcome]) -> str:
    """Returns the table of the processor time that a request costs, by part of the system."""
    head, rows = ["call", "way"], []
    for one in measured:
        for way in WAYS:
            groups = one.ways[way].spent.groups(one.scenario.service, one.ways[way].result.sent)
            head = head if len(head) > 2 else [*head, *groups, "all"]
            rows.append([one.scenario.name, way, *map(decimals, [*groups.values(), total(groups.values())])])
    return table("Processor time of a request, ms", head, rows)


def writes(measured: Iterable[Outcome]) -> str:
    """Returns the table of what a request writes into its service's database, and into all databases together."""
    rows = []
    for one in measured:
        own, every = one.writes[one.scenario.service], sum(one.writes.values(), Writes())
        figures = (own.rows, every.rows, own.wal, every.wal)
        each = [figure / one.requests if one.requests else math.nan for figure in figures]
        rows.append(
            [one.scenario.name, *(f"{count:.1f}" for count in each[:2]), *(f"{size:,.0f}" for size in each[2:])]
        )
    head = ["call", "rows, own database", "rows, all", "WAL bytes, own database", "WAL bytes, all"]
    return table("Writes of a request", head, rows)


def effects(found: dict[str, list[float]]) -> str:
    """Returns the table of a registration's effects in other services."""
    rows = []
    for name, times in found.items():
        result = Result.of(times)
        rows.append([name, f"{result.percentile(50):.0f}", f"{result.percentile(99):.0f}", str(len(times))])
    return table("After a registration's answer", ["effect", "p50 ms", "p99 ms (aim 100)", "registrations"], rows)


def scale(small: tuple[int, dict[str, Result]], large: tuple[int, dict[str, Result]]) -> str:
    """Returns the table that compares few patients with many."""
    rows = []
    for name, result in small[1].items():
        one, many = result.percentile(50), large[1][name].percentile(50)
        rows.append([f"`{name}`", f"{one:.1f}", f"{many:.1f}", f"{many / one:.2f}"])
    head = ["query", f"p50 ms, {small[0]:,} patients", f"p50 ms, {large[0]:,} patients", f"ratio (aim {MAX_RATIO})"]
    return table("Lists and searches, through the gateway", head, rows)


def write(text: str, begin: str = BEGIN, end: str = END) -> None:
    """Writes the figures into the documentation, between these marks."""
    page = PAGE.read_text()
    before, after = page.partition(begin)[0], page.partition(end)[2]
    PAGE.write_text(f"{before}{begin}\n\n{text}\n\n{end}{after}")


def decimals(value: float) -> str:
    """Returns a number with two decimals, or a dash if it is not known."""
    return "-" if math.isnan(value) else f"{value:.2f}"


def total(values: Iterable[float]) -> float:
    """Returns the sum of the values that are known."""
    return sum(value for value in values if not math.isnan(value))


def _cells(result: Result) -> list[str]:
    failed = ", ".join(f"{count} x {status or 'broken'}" for status, count in sorted(result.failures.items()))
    return [f"{result.per_second:.0f}", f"{result.percentile(50):.1f}", f"{result.percentile(99):.1f}", failed or "0"]


def table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Returns a Markdown table under a heading."""
    lines = [f"### {title}", "", _line(head), _line(["---"] * len(head)), *map(_line, rows)]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
