"""The measured figures as Markdown, for `docs/performance.md`."""

from collections.abc import Iterable, Sequence

from ops import settings
from ops.load.containers import Container
from ops.load.measure import CONNECTIONS, Result
from ops.load.scenarios import Scenario

PAGE = settings.ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- figures: written by `make bench-services WRITE=1` -->", "<!-- end of figures -->"
MAX_RATIO = 1.5

Row = tuple[Scenario, Result, Result]


def containers(found: Iterable[Container]) -> str:
    """Returns the table of the services' containers."""
    rows = [[one.service, f"{one.mebibytes:.0f}", f"{one.start_seconds:.1f}"] for one in found]
    return _table("Containers", ["service", "memory, MiB (aim 120)", "start to listening, s (aim 2)"], rows)


def throughput(measured: Iterable[Row]) -> str:
    """Returns the table of calls under load, direct and through the gateway."""
    rows = [
        [scenario.service, scenario.name, *_cells(direct), *_cells(gateway)] for scenario, direct, gateway in measured
    ]
    head = ["service", "call"]
    head += [f"{way} {what}" for way in ("direct", "gateway") for what in ("req/s", "p50 ms", "p99 ms", "failed")]
    return _table(f"{CONNECTIONS} connections", head, rows)


def effects(found: dict[str, list[float]]) -> str:
    """Returns the table of a registration's effects in other services."""
    rows = []
    for name, times in found.items():
        result = Result.of(times)
        rows.append([name, f"{result.percentile(50):.0f}", f"{result.percentile(99):.0f}", str(len(times))])
    return _table("After a registration's answer", ["effect", "p50 ms", "p99 ms (aim 100)", "registrations"], rows)


def scale(small: tuple[int, dict[str, Result]], large: tuple[int, dict[str, Result]]) -> str:
    """Returns the table that compares few patients with many."""
    rows = []
    for name, result in small[1].items():
        one, many = result.percentile(50), large[1][name].percentile(50)
        rows.append([f"`{name}`", f"{one:.1f}", f"{many:.1f}", f"{many / one:.2f}"])
    head = ["query", f"p50 ms, {small[0]:,} patients", f"p50 ms, {large[0]:,} patients", f"ratio (aim {MAX_RATIO})"]
    return _table("Lists and searches, through the gateway", head, rows)


def write(text: str) -> None:
    """Writes the figures into the documentation."""
    page = PAGE.read_text()
    before, after = page.partition(BEGIN)[0], page.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}")


def _cells(result: Result) -> list[str]:
    failed = ", ".join(f"{count} x {status or 'broken'}" for status, count in sorted(result.failures.items()))
    return [f"{result.per_second:.0f}", f"{result.percentile(50):.1f}", f"{result.percentile(99):.1f}", failed or "0"]


def _table(title: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"### {title}", "", _line(head), _line(["---"] * len(head)), *map(_line, rows)]
    return "\n".join(lines)


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
