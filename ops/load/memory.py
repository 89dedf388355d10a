"""The memory of containers, as Docker measures it."""

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from ops import processes, settings

AIM_MEBIBYTES = 2560
_MEBIBYTES = {"GiB": 1024.0, "MiB": 1.0, "KiB": 1 / 1024, "kB": 1 / 1049, "MB": 0.954, "GB": 954.0}


def show(console: Console) -> None:
    """Prints the resident memory of LocalStack and of all that it started, by container."""
    owned = processes.output(["docker", "ps", "--quiet", "--filter", f"label={settings.OWNER_LABEL}"]) or ""
    table = Table("container", "MiB", title="Memory, resident, by container")
    total = 0.0
    for name, used in sorted(of(settings.CONTAINER, *owned.split()), key=lambda row: -row[1]):
        table.add_row(name, f"{used:.0f}")
        total += used
    table.add_row(f"[bold]all (aim: {AIM_MEBIBYTES})", f"[bold]{total:.0f}")
    console.print(table)


def of(*containers: str) -> Iterator[tuple[str, float]]:
    """Yields the name and the memory, in MiB, of each container."""
    command = ["docker", "stats", "--no-stream", "--format", "{{.Name}}\t{{.MemUsage}}", *containers]
    for line in (processes.output(command) or "").splitlines():
        name, used = line.split("\t")
        yield name, _mebibytes(used.split("/")[0].strip())


def _mebibytes(text: str) -> float:
    for unit, factor in _MEBIBYTES.items():
        if text.endswith(unit):
            return float(text.removesuffix(unit)) * factor
    return 0.0
