"""A child process with a readiness probe that is restarted when it dies."""

import contextlib
import logging
import os
import pwd
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from localstack_engines.toolkit.process.backoff import Backoff
from localstack_engines.toolkit.process.probes import Probe

LOG = logging.getLogger(__name__)

# The probe is cheap. It runs often at first, so that a fast start is noticed at once.
_FIRST_PROBE_INTERVAL = 0.01
_MAX_PROBE_INTERVAL = 0.1
_MAX_LOG_BYTES = 8 * 1024 * 1024
_TAIL_BYTES = 16 * 1024


class ProcessFailed(Exception):
    """A process did not become ready; the message contains the last lines that it printed."""

    def __init__(self, name: str, reason: str, log_tail: str) -> None:
        super().__init__(f"{name} {reason}" + (f":\n{log_tail}" if log_tail else ""))
        self.name = name
        self.reason = reason
        self.log_tail = log_tail


@dataclass(frozen=True, kw_only=True)
class ProcessSpec:
    """The specification of a process.

    `user` runs it as that account (LocalStack itself must be root). `log_file` gets stdout and
    stderr. `ready` decides when the process counts as up. Times are in seconds.
    """

    name: str
    argv: Sequence[str]
    log_file: Path
    ready: Probe
    env: Mapping[str, str] = field(default_factory=dict)
    cwd: Path | None = None
    user: str | None = None
    ready_timeout: float = 300.0
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout: float = 10.0
    backoff: Backoff = field(default_factory=Backoff)


class SupervisedProcess:
    """Starts, watches, restarts and stops one process. Safe to use from several threads.

    A process that dies before it was ever ready is not restarted: `start` raises instead. After
    that every exit that `stop` did not ask for is followed by a restart with jittered backoff.
    """

    def __init__(self, spec: ProcessSpec) -> None:
        self.spec = spec
        self.restarts = 0
        self._popen: subprocess.Popen[bytes] | None = None
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self._ready = threading.Event()
        self._stopping = threading.Event()
        # Set when the first start has succeeded or failed.
        self._decided = threading.Event()
        self._failure: ProcessFailed | None = None

    @property
    def ready(self) -> bool:
        """Whether the process runs and has answered its probe since its last start."""
        return self._ready.is_set() and self.running

    @property
    def running(self) -> bool:
        popen = self._popen
        return popen is not None and popen.poll() is None

    @property
    def pid(self) -> int | None:
        popen = self._popen
        return popen.pid if popen is not None and popen.poll() is None else None

    def start(self) -> None:
        """Starts the process and returns when its probe answers. Raises ProcessFailed."""
        self.launch()
        self.wait_started()

    def launch(self) -> None:
        """Starts without waiting; `wait_started` waits for the outcome. Does nothing when already started."""
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                return
            self._stopping.clear()
            self._decided.clear()
            self._ready.clear()
            self._failure = None
            self._thread = threading.Thread(target=self._supervise, name=f"supervise-{self.spec.name}", daemon=True)
            self._thread.start()

    def wait_started(self) -> None:
        """Blocks until the first start succeeded. Raises ProcessFailed."""
        self._decided.wait()
        if self._failure is not None:
            raise self._failure

    def wait_ready(self, timeout: float) -> bool:
        """Blocks until the process is ready, also across a restart. Returns False after `timeout` seconds."""
        return self._ready.wait(timeout)

    def stop(self) -> None:
        """Stops the process: the stop signal first, SIGKILL for its group after `stop_timeout` seconds."""
        with self._lock:
            thread = self._thread
        self._stopping.set()
        self._terminate()
        if thread is not None and thread is not threading.current_thread():
            thread.join()
        self._ready.clear()

    def restart(self) -> None:
        """Stops and starts the process; returns when the probe answers again."""
        self.stop()
        self.start()

    def send_signal(self, number: signal.Signals) -> None:
        """Sends a signal to the process; does nothing when it does not run."""
        popen = self._popen
        if popen is not None and popen.poll() is None:
            popen.send_signal(number)

    def log_tail(self, lines: int = 20) -> str:
        """Returns the last lines that the process printed."""
        try:
            with self.spec.log_file.open("rb") as stream:
                stream.seek(0, os.SEEK_END)
                stream.seek(max(0, stream.tell() - _TAIL_BYTES))
                text = stream.read().decode(errors="replace")
        except OSError:
            return ""
        return "\n".join(text.splitlines()[-lines:])

    def _supervise(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            started = time.monotonic()
            problem = self._run_once()
            if self._stopping.is_set():
                break
            if not self._decided.is_set():
                self._failure = ProcessFailed(self.spec.name, problem, self.log_tail())
                break
            uptime = time.monotonic() - started
            failures = 1 if uptime >= self.spec.backoff.reset_after else failures + 1
            self.restarts += 1
            delay = self.spec.backoff.delay(failures)
            LOG.warning("%s %s; restart in %.2f s", self.spec.name, problem, delay)
            self._stopping.wait(delay)
        if not self._decided.is_set() and self._failure is None:
            self._failure = ProcessFailed(self.spec.name, "was stopped while it started", "")
        self._decided.set()

    def _run_once(self) -> str:
        """Runs the process from start to exit. Returns what ended it, in words."""
        try:
            popen = self._spawn()
        except (OSError, KeyError) as error:
            return f"could not be started ({error})"
        # stop() may have been called just before the process existed.
        if self._stopping.is_set():
            self._terminate()
        if self._await_ready(popen):
            self._ready.set()
            self._decided.set()
        elif popen.poll() is None and not self._stopping.is_set():
            self._kill_group(popen)
            popen.wait()
            return f"was not ready after {self.spec.ready_timeout:.0f} s"
        code = popen.wait()
        self._ready.clear()
        if code < 0:
            return f"was killed by signal {-code}"
        return f"exited with status {code}"

    def _spawn(self) -> subprocess.Popen[bytes]:
        spec = self.spec
        account = pwd.getpwnam(spec.user) if spec.user else None
        spec.log_file.parent.mkdir(parents=True, exist_ok=True)
        oversized = spec.log_file.exists() and spec.log_file.stat().st_size > _MAX_LOG_BYTES
        # Appending keeps the reason of a crash: the next start writes to the same file.
        with spec.log_file.open("wb" if oversized else "ab") as log:
            popen = subprocess.Popen(
                list(spec.argv),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **({"HOME": account.pw_dir} if account else {}), **spec.env},
                cwd=spec.cwd or "/",
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
                # The process gets a group of its own, so that Ctrl-C at LocalStack does not stop it before `stop` does.
                start_new_session=True,
            )
        self._popen = popen
        return popen

    def _await_ready(self, popen: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + self.spec.ready_timeout
        interval = _FIRST_PROBE_INTERVAL
        while popen.poll() is None and not self._stopping.is_set():
            if self.spec.ready():
                # Another process may answer on that port when this one has just died.
                return popen.poll() is None
            if time.monotonic() > deadline:
                return False
            self._stopping.wait(interval)
            interval = min(interval * 1.5, _MAX_PROBE_INTERVAL)
        return False

    def _terminate(self) -> None:
        popen = self._popen
        if popen is None or popen.poll() is not None:
            return
        popen.send_signal(self.spec.stop_signal)
        try:
            popen.wait(self.spec.stop_timeout)
        except subprocess.TimeoutExpired:
            LOG.warning("%s ignored %s, killing it", self.spec.name, self.spec.stop_signal.name)
            self._kill_group(popen)

    @staticmethod
    def _kill_group(popen: subprocess.Popen[bytes]) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(popen.pid, signal.SIGKILL)
