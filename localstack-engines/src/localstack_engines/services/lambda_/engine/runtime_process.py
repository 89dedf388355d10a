"""The process of a Lambda execution environment."""

import contextlib
import os
import signal
import subprocess
from pathlib import Path

from localstack_engines.services.lambda_.engine.runtimes import Launch

STOP_SECONDS = 0.5


class RuntimeProcess:
    """Runs a function's runtime in a session of its own, with only the variables that the function may see.

    The output goes to a file, not to a pipe: when the function has answered, the file holds all that it wrote before,
    so each log line is assigned to its own invocation.
    """

    def __init__(self, launch: Launch, code: Path, environment: dict[str, str], directory: Path, user: int) -> None:
        temporary = directory / "tmp"
        temporary.mkdir(parents=True, exist_ok=True)
        os.chown(temporary, user, user)
        self._log = directory / "log"
        with self._log.open("ab") as log:
            self._read = log.tell()
            self._process = subprocess.Popen(
                launch.command,
                cwd=code,
                env=self._environment(launch.variables, environment, temporary),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=user,
                group=user,
                extra_groups=[],
            )
        self._peak = 0

    @staticmethod
    def _environment(runtime: dict[str, str], own: dict[str, str], temporary: Path) -> dict[str, str]:
        return {
            "LANG": "en_US.UTF-8",
            # The function has no permission to write to the code directory, which other environments share.
            "PYTHONDONTWRITEBYTECODE": "1",
            "HOME": str(temporary),
            **own,
            "TMPDIR": str(temporary),
            **runtime,
        }

    def is_alive(self) -> bool:
        return self._process.poll() is None

    def exit_cause(self) -> str | None:
        """Returns how the process ended, as AWS words it, or None while it runs."""
        code = self._process.poll()
        if code is None:
            return None
        if code < 0:
            return f"with error: signal: {signal.strsignal(-code) or -code}".lower()
        return "without providing a reason" if code == 0 else f"with error: exit status {code}"

    def memory(self) -> int:
        """Returns the memory in bytes that the function uses.

        Pages of program files are left out: all environments share them, and the system may drop them.
        """
        self.peak_memory()
        return self._status("VmRSS") - self._status("RssFile")

    def peak_memory(self) -> int:
        """Returns the highest use of memory in bytes so far."""
        self._peak = max(self._peak, self._status("VmHWM") - self._status("RssFile"))
        return self._peak

    def read_log(self) -> str:
        """Returns what was written since the last call."""
        with self._log.open("rb") as log:
            log.seek(self._read)
            output = log.read()
        self._read += len(output)
        return output.decode(errors="replace")

    def kill(self) -> None:
        """Ends the process and its children at once."""
        self._signal(signal.SIGKILL)
        self._process.wait()

    def stop(self) -> None:
        """Asks the process to end, and kills it after half a second."""
        self._signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_SECONDS)
        self.kill()

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, number)

    def _status(self, field: str) -> int:
        try:
            lines = Path(f"/proc/{self._process.pid}/status").read_text().splitlines()
        except OSError:
            return 0
        return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(field + ":")), 0)
