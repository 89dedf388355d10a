"""Child processes: their output line by line, a log file for each, and none left behind after an interrupt."""

import contextlib
import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict, Unpack

from ops import settings
from ops.problems import Problem

TAIL_LINES = 40

_running: set[subprocess.Popen[str]] = set()
_guard = threading.Lock()
_stopping = threading.Event()


class Interrupted(Exception):
    """The operator pressed Ctrl-C (or sent SIGTERM) while a child was running."""


@dataclass(frozen=True)
class Result:
    """A finished child: its exit status and the last lines of its output."""

    status: int
    tail: str


class Options(TypedDict, total=False):
    """The options of `stream` and `check`."""

    log: Path
    on_line: Callable[[str], None]
    env: Mapping[str, str]
    cwd: Path


def stream(
    argv: Sequence[str],
    *,
    log: Path | None = None,
    on_line: Callable[[str], None] = lambda line: None,
    env: Mapping[str, str] | None = None,
    cwd: Path = settings.ROOT,
) -> Result:
    """Runs a command to its end and passes on each line of output. Raises Interrupted after Ctrl-C."""
    if _stopping.is_set():
        raise Interrupted
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    if log:
        log.parent.mkdir(parents=True, exist_ok=True)
    with (log or Path(os.devnull)).open("w", encoding="utf-8") as sink:
        child = _start(argv, env, cwd)
        try:
            assert child.stdout is not None
            for line in child.stdout:
                line = line.rstrip("\r\n")
                sink.write(line + "\n")
                sink.flush()
                tail.append(line)
                on_line(line)
            status = child.wait()
        finally:
            _end(child)
    if _stopping.is_set():
        raise Interrupted
    return Result(status, "\n".join(tail))


def check(argv: Sequence[str], problem: str, remedy: str, **options: Unpack[Options]) -> None:
    """Runs like `stream`. Raises Problem, with the last lines of output as details, for a status other than zero."""
    result = stream(argv, **options)
    if result.status:
        raise Problem(problem, remedy, details=result.tail)


def run_in_terminal(argv: Sequence[str]) -> int:
    """Runs a command that gets this process's terminal. Returns its exit status."""
    return subprocess.run(list(argv), cwd=settings.ROOT, env=settings.child_environment(), check=False).returncode


def output(argv: Sequence[str], *, timeout: float = 30, cwd: Path = settings.ROOT) -> str | None:
    """Returns what a short command prints on stdout, or None if it is missing, fails or takes too long."""
    try:
        done = subprocess.run(
            list(argv),
            cwd=cwd,
            env=settings.child_environment(),
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def stop_all() -> None:
    """Ends every running child and refuses to start further ones."""
    _stopping.set()
    with _guard:
        children = list(_running)
    for child in children:
        _signal_group(child, signal.SIGTERM)


def _start(argv: Sequence[str], env: Mapping[str, str] | None, cwd: Path) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        list(argv),
        cwd=cwd,
        env=dict(env or settings.child_environment()),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,  # in a group of its own: Ctrl-C reaches only us, and we end the whole group
    )
    with _guard:
        _running.add(child)
    return child


def _end(child: subprocess.Popen[str]) -> None:
    if child.poll() is None:
        _signal_group(child, signal.SIGTERM)
        try:
            child.wait(5)
        except subprocess.TimeoutExpired:
            _signal_group(child, signal.SIGKILL)
            child.wait()
    with _guard:
        _running.discard(child)


def _signal_group(child: subprocess.Popen[str], number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, number)
