"""Measured times beside their aims."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.table import Table


class Figures:
    """A table of measured times, in seconds."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._rows: list[tuple[str, float, float]] = []

    @contextmanager
    def timed(self, name: str, aim: float) -> Iterator[None]:
        """Adds the time that the block takes."""
        start = time.monotonic()
        yield
        seconds = time.monotonic() - start
        self._rows.append((name, aim, seconds))
        self._console.print(f"{name}: {seconds:.1f} s", highlight=False)

    def show(self) -> None:
        """Prints the table."""
        table = Table("figure", "aim, s", "measured, s", title="Times")
        for name, aim, seconds in self._rows:
            table.add_row(name, f"{aim:g}", f"[{'green' if seconds <= aim else 'red'}]{seconds:.1f}[/]")
        self._console.print(table)
