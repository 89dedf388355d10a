"""Child processes: output line by line, a log file each, none left behind after an interrupt."""

import contextlib
import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ops import settings

TAIL_LINES = 40

_running: set[subprocess.Popen[str]] = set()
_guard = threading.Lock()
_stopping = threading.Event()


class Interrupted(Exception):
    """The operator pressed Ctrl-C (or sent SIGTERM) while a child was running."""


@dataclass(frozen=True)
class Result:
    """A finished child: its exit status and the last lines of what it said."""

    status: int
    tail: str


class ChildFailed(Exception):
    """A child ended with a status other than zero."""

    def __init__(self, argv: Sequence[str], result: Result, log: Path | None = None) -> None:
        super().__init__(f"{argv[0]} ended with status {result.status}")
        self.argv = list(argv)
        self.result = result
        self.log = log


def stream(
    argv: Sequence[str],
    *,
    log: Path | None = None,
    on_line: Callable[[str], None] = lambda line: None,
    env: Mapping[str, str] | None = None,
    cwd: Path = settings.ROOT,
) -> Result:
    """Run to the end, handing each line of output on. Raises Interrupted when the operator gave up meanwhile."""
    if _stopping.is_set():
        raise Interrupted
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    if log:
        log.parent.mkdir(parents=True, exist_ok=True)
    with (log or Path(os.devnull)).open("w", encoding="utf-8") as sink:
        child = subprocess.Popen(
            list(argv),
            cwd=cwd,
            env=dict(env or settings.child_environment()),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,  # its own group: Ctrl-C reaches us first, and we end it with its children
        )
        with _guard:
            _running.add(child)
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


def check(
    argv: Sequence[str],
    *,
    log: Path | None = None,
    on_line: Callable[[str], None] = lambda line: None,
    env: Mapping[str, str] | None = None,
    cwd: Path = settings.ROOT,
) -> Result:
    """Like stream, but raises ChildFailed for a status other than zero."""
    result = stream(argv, log=log, on_line=on_line, env=env, cwd=cwd)
    if result.status:
        raise ChildFailed(argv, result, log)
    return result


def output(argv: Sequence[str], *, timeout: float = 30, cwd: Path = settings.ROOT) -> str | None:
    """What a short command prints on stdout, or None when it is missing, fails or hangs."""
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
    """End every running child; further ones are refused."""
    _stopping.set()
    with _guard:
        children = list(_running)
    for child in children:
        _signal_group(child, signal.SIGTERM)


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
