"""What a line that a task logs costs until it is in CloudWatch Logs."""

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.processor import processor_seconds
from lab import localstack
from lab.ecs import Lab
from lab.waiting import until

LINES = int(os.environ.get("BENCH_LOG_LINES", "10000"))
RATE = int(os.environ.get("BENCH_LOG_RATE", "1000"))
"""Lines a second."""

# Each line is one write, as from a service that does not buffer. The length is that of a service's line.
PRINTER = f"""
import os, time
start = time.monotonic()
for number in range({LINES}):
    os.write(1, b'{{"number": %d, "text": "%s"}}\\n' % (number, b"x" * 250))
    time.sleep(max(0.0, start + number / {RATE} - time.monotonic()))
time.sleep(2)
"""


@pytest.mark.bench
def test_processor_time_of_a_log_line() -> None:
    """Prints microseconds a line by process, less what each process needs without the lines."""
    seconds = LINES / RATE + 4
    with Lab(localstack.client) as lab:
        idle = _spent(lambda: time.sleep(seconds))
        definition = lab.register({**lab.container(""), "command": ["python3", "-c", PRINTER]})
        arns: list[str] = []

        def log() -> None:
            arns.append(lab.run(definition))
            until("the last line", lambda: _last(lab, arns[0]) == LINES - 1, seconds + 20)

        busy = _spent(log)
        lab.stopped(arns[0])
    print()
    for name, spent in busy.items():
        print(f"{name:12} {(spent - idle.get(name, 0.0)) / LINES * 1e6:7.0f} us a line")


def _spent(action: Callable[[], object]) -> dict[str, float]:
    before = {name: processor_seconds(pids) for name, pids in _processes().items()}
    action()
    return {name: processor_seconds(pids) - before[name] for name, pids in _processes().items()}


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


def _last(lab: Lab, arn: str) -> int:
    stream = f"t/app/{arn.rsplit('/', 1)[-1]}"
    try:
        events = lab.logs.get_log_events(logGroupName=f"/{lab.name}", logStreamName=stream, limit=1)["events"]
    except lab.logs.exceptions.ResourceNotFoundException:
        return -1
    return int(events[-1]["message"].split(",")[0].split(":")[1]) if events else -1
