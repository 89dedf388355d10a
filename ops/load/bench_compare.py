"""`make bench-compare`: the load of `make bench-services` on another commit and on this checkout, in turns."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console

from ops import processes, settings
from ops.demo.seed import fill
from ops.lifecycle import locking
from ops.load import compare_report, report
from ops.load.bench_services import deployed, progress
from ops.load.checkouts import checkout
from ops.load.compare_report import Round
from ops.load.session import LoadSession, Outcome

ROUNDS = 2


def bench_compare(console: Console, base: str, seconds: float, only: Sequence[str], write: bool) -> None:
    """Prints rates and processor times of both, and their ratios. `write` puts the table into the docs.

    Each side is brought up from nothing in each round. The scenarios and the generator are always this checkout's.
    Leaves this checkout's system up. Raises Problem.
    """
    rounds: list[Round] = []
    with locking.exclusive(console.print), checkout(base) as tree:
        try:
            for number in range(1, ROUNDS + 1):
                sides = []
                for name, folder in ((base, tree), ("this checkout", settings.ROOT)):
                    console.print(f"round {number} of {ROUNDS}: {name}", markup=False)
                    _bring_up(folder)
                    sides.append(_load(console, seconds, only))
                rounds.append(Round(*sides))
        except BaseException:
            _leave_own_system_up(console, len(rounds))
            raise
    text = compare_report.table(_short(base), rounds)
    console.print(f"\n{text}", markup=False, soft_wrap=True)
    if write:
        report.write(text, compare_report.BEGIN, compare_report.END)


def _load(console: Console, seconds: float, only: Sequence[str]) -> list[Outcome]:
    fill(console, "small")

    async def run() -> list[Outcome]:
        async with LoadSession.open(deployed(), schema_is_own=False) as session:
            return await session.run(seconds, only, lambda one: console.print(progress(one)), count_writes=False)

    return asyncio.run(run())


def _bring_up(folder: Path) -> None:
    python = folder / ".venv" / "bin" / "python"
    if not python.exists():
        processes.check(["./ops/bootstrap.sh"], "its environment could not be made", "read the details", cwd=folder)
    for command in ("down", "up"):
        processes.check(
            [str(python), "-m", "ops", command],
            f"make {command} failed in {folder}",
            "read the details",
            cwd=folder,
        )


def _leave_own_system_up(console: Console, rounds: int) -> None:
    console.print(f"stopped after {rounds} complete rounds; bringing up this checkout's system")
    try:
        _bring_up(settings.ROOT)
    except (KeyboardInterrupt, processes.Interrupted):
        console.print("interrupted: make down up brings up this checkout's system")


def _short(commit: str) -> str:
    return (processes.output(["git", "rev-parse", "--short", commit]) or commit).strip()
