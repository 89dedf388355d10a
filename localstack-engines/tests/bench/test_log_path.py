"""What a line that a task logs costs until it is in CloudWatch Logs."""

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.processor import processor_seconds
from lab import localstack
from lab.ecs import Lab
from lab.waiting import until

LINES = int(os.environ.get("BENCH_LOG_LINES", "8000"))
RATE = int(os.environ.get("BENCH_LOG_RATE", "1000"))
"""Lines a second."""

# Each line is one write, as from a service that does not buffer. The length is that of a service's line.
PRINTER = f"""
import os, sys, time
start = time.monotonic()
for number in range({LINES}):
    if sys.argv[1] == "lines":
        os.write(1, b'{{"number": %d, "text": "%s"}}\\n' % (number, b"x" * 250))
    time.sleep(max(0.0, start + number / {RATE} - time.monotonic()))
"""


@pytest.mark.bench
def test_processor_time_of_a_log_line() -> None:
    """Prints microseconds a line by process, less what each process needs for a task that writes nothing."""
    with Lab(localstack.client) as lab:
        silent, _ = _spent(lambda: _run(lab, "nothing"))
        busy, lines = _spent(lambda: _run(lab, "lines"))
    assert lines == LINES
    print()
    for name, spent in busy.items():
        print(f"{name:12} {(spent - silent[name]) / LINES * 1e6:7.0f} us a line")


def _run(lab: Lab, what: str) -> int:
    """Runs the task to its end. Returns the number of lines that are in CloudWatch Logs then."""
    arn = lab.run(lab.register({**lab.container(""), "command": ["python3", "-c", PRINTER, what]}))
    until("the task to stop", lambda: lab.task(arn)["lastStatus"] == "STOPPED", LINES / RATE + 30)
    return len(lab.output(arn))


def _spent(action: Callable[[], int]) -> tuple[dict[str, float], int]:
    """Returns the processor time of each process during an action, and the action's result."""
    before = {name: processor_seconds(pids) for name, pids in _processes().items()}
    result = action()
    return {name: processor_seconds(pids) - before[name] for name, pids in _processes().items()}, result


def _processes() -> dict[str, list[int]]:
    """Returns the ids of the processes between a task's output and CloudWatch Logs."""
    first = subprocess.check_output(
        ["docker", "inspect", "--format", "{{.State.Pid}}", localstack.introspection()["owner"]], text=True
    )
    python = Path(f"/proc/{first.strip()}/task/{first.strip()}/children").read_text()
    daemon = [int(file.parent.name) for file in Path("/proc").glob("[0-9]*/comm") if _name(file) == "dockerd"]
    return {"dockerd": daemon, "LocalStack": [int(pid) for pid in python.split()]}


def _name(file: Path) -> str:
    try:
        return file.read_text().strip()
    except OSError:
        return ""  # the process has ended
