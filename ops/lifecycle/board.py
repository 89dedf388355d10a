"""The two displays of progress: a live table on a terminal, plain lines elsewhere (CI, a pipe)."""

import re
import threading
import time
from types import TracebackType

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from ops.lifecycle.steps import Board

_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class PlainBoard:
    """Prints a line when a step starts, one when it ends, and the details that it reports in between."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._last: dict[str, str] = {}

    def __enter__(self) -> "PlainBoard":
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def _print(self, line: str) -> None:
        self._console.print(line, markup=False, highlight=False, soft_wrap=True)

    def started(self, name: str) -> None:
        self._print(f"==> {name}")

    def detail(self, name: str, line: str) -> None:
        text = _clean(line)
        if text and self._last.get(name) != text:
            self._last[name] = text
            self._print(f"    [{name}] {text}")

    def finished(self, name: str, seconds: float, note: str) -> None:
        self._print(f"<== {name}: {note or 'done'} ({seconds:.1f} s)")

    def failed(self, name: str, seconds: float) -> None:
        self._print(f"<== {name}: FAILED ({seconds:.1f} s)")


class LiveBoard:
    """Draws a table and keeps it current: each step with its state, its time and its last detail."""

    def __init__(self, console: Console) -> None:
        self._rows: dict[str, tuple[str, float, str]] = {}
        self._guard = threading.Lock()
        self._spinner = Spinner("dots")
        self._live = Live(console=console, get_renderable=self._table, refresh_per_second=8, transient=False)

    def __enter__(self) -> "LiveBoard":
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def started(self, name: str) -> None:
        self._set(name, "running", time.monotonic(), "")

    def detail(self, name: str, line: str) -> None:
        with self._guard:
            state, began, _ = self._rows[name]
            self._rows[name] = (state, began, _clean(line))

    def finished(self, name: str, seconds: float, note: str) -> None:
        self._set(name, "done", seconds, note)

    def failed(self, name: str, seconds: float) -> None:
        self._set(name, "failed", seconds, "")

    def _set(self, name: str, state: str, moment: float, line: str) -> None:
        with self._guard:
            self._rows[name] = (state, moment, line)

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 1))
        table.add_column(width=2)
        table.add_column(no_wrap=True)
        table.add_column(justify="right", no_wrap=True)
        table.add_column(no_wrap=True, overflow="ellipsis", style="dim")
        with self._guard:
            rows = list(self._rows.items())
        for name, (state, moment, line) in rows:
            seconds = time.monotonic() - moment if state == "running" else moment
            icon = {"done": Text("✓", "green"), "failed": Text("✗", "red")}.get(state, self._spinner)
            table.add_row(icon, name, f"{seconds:.0f} s", Text(line))
        return table


def make_board(console: Console) -> "PlainBoard | LiveBoard":
    """Returns the display that fits the console."""
    return LiveBoard(console) if console.is_terminal else PlainBoard(console)


def _clean(line: str) -> str:
    return _ESCAPES.sub("", line).strip()


def _conforms(plain: PlainBoard, live: LiveBoard) -> tuple[Board, Board]:
    return plain, live  # lets the type checker compare both with the protocol
