"""Runs steps that depend on each other, as many at once as their dependencies allow. One failure stops all."""

import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ops import processes

Say = Callable[[str], None]
"""Shows the operator one line of text."""


class Board(Protocol):
    """Shows the operator the progress of the steps."""

    def started(self, name: str) -> None: ...
    def detail(self, name: str, line: str) -> None: ...
    def finished(self, name: str, seconds: float, note: str) -> None: ...
    def failed(self, name: str, seconds: float) -> None: ...


@dataclass
class Report:
    """Receives the progress of a step."""

    name: str
    board: Board
    note: str = ""

    def detail(self, line: str) -> None:
        """Shows what the step is doing now."""
        self.board.detail(self.name, line)

    def done(self, note: str) -> None:
        """Sets the text that is shown when the step has succeeded, such as 'up to date'."""
        self.note = note


@dataclass(frozen=True)
class Step:
    """A piece of work that starts when the steps named in `after` are done."""

    name: str
    run: Callable[[Report], None]
    after: tuple[str, ...] = ()


@dataclass
class _Run:
    board: Board
    waiting: dict[str, Step]
    done: set[str] = field(default_factory=set)
    active: int = 0
    ended: "queue.Queue[tuple[str, BaseException | None]]" = field(default_factory=queue.Queue)

    def start_ready(self) -> None:
        ready = [step for step in self.waiting.values() if self.done.issuperset(step.after)]
        for step in ready:
            del self.waiting[step.name]
            self.active += 1
            threading.Thread(target=self._work, args=(step,), name=step.name, daemon=True).start()

    def _work(self, step: Step) -> None:
        report = Report(step.name, self.board)
        began = time.monotonic()
        self.board.started(step.name)
        try:
            step.run(report)
        except BaseException as error:
            self.board.failed(step.name, time.monotonic() - began)
            self.ended.put((step.name, error))
        else:
            self.board.finished(step.name, time.monotonic() - began, report.note)
            self.ended.put((step.name, None))


def run(steps: Sequence[Step], board: Board) -> None:
    """Runs all steps. Raises the error of the first one that fails, after the steps that were running have ended."""
    state = _Run(board, {step.name: step for step in steps})
    unknown = {name for step in steps for name in step.after} - state.waiting.keys()
    if unknown:
        raise ValueError(f"steps depend on unknown ones: {sorted(unknown)}")
    failure: BaseException | None = None
    state.start_ready()
    while state.active:
        try:
            name, error = state.ended.get(timeout=0.5)  # with a timeout, so that Ctrl-C is noticed at once
        except queue.Empty:
            continue
        except KeyboardInterrupt as interrupt:
            failure = failure or interrupt
            processes.stop_all()
            continue
        state.active -= 1
        if error is None:
            state.done.add(name)
            if failure is None:
                state.start_ready()
        elif failure is None:
            failure = error
            processes.stop_all()
    if failure:
        raise failure
