"""Memory and start-up of the service containers."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ops import aws, processes, settings
from ops.load.bench_system import mebibytes
from ops.problems import Problem

_PATIENCE_SECONDS = 60.0
_POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Container:
    """A service's container. ``start_seconds`` is from the process's start until it listens."""

    service: str
    mebibytes: float
    start_seconds: float


def measure(services: set[str], say: Callable[[str], object]) -> list[Container]:
    """One container of each service: its memory, and its successor's start while nothing else starts."""
    found = []
    for service in sorted(services):
        task = _healthy(service)
        used = _memory(_container(task, service))
        aws.client("ecs").stop_task(cluster=settings.CLUSTER, task=task["taskArn"], reason="its start is measured")
        successor = _healthy(service, other_than=task["taskArn"])
        found.append(Container(service, used, _start_seconds(_container(successor, service))))
        say(f"{service}: {used:.0f} MiB, listens after {found[-1].start_seconds:.1f} s")
    return found


def _healthy(service: str, other_than: str = "") -> dict[str, Any]:
    """A task of the service that passes its health check; waits for one."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        for task in aws.tasks(service):
            if task["taskArn"] != other_than and task.get("healthStatus") == "HEALTHY":
                return task
        time.sleep(_POLL_SECONDS)
    raise Problem(f"no healthy task of {service} in {_PATIENCE_SECONDS:.0f} s", "make status")


def _container(task: dict[str, Any], name: str) -> str:
    return next(str(container["runtimeId"]) for container in task["containers"] if container["name"] == name)


def _memory(container: str) -> float:
    stats = processes.output(["docker", "stats", "--no-stream", "--format", "{{.MemUsage}}", container]) or "0B"
    return mebibytes(stats.split("/")[0].strip())


def _start_seconds(container: str) -> float:
    started = (processes.output(["docker", "inspect", "--format", "{{.State.StartedAt}}", container]) or "").strip()
    for line in (processes.output(["docker", "logs", container]) or "").splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if entry.get("event") == "started":
            return (_moment(entry["time"]) - _moment(started)).total_seconds()
    raise Problem(f"container {container} never said that it listens", f"docker logs {container}")


def _moment(text: str) -> datetime:
    # Docker writes nanoseconds, which datetime does not read.
    whole, _, fraction = text.removesuffix("Z").partition(".")
    return datetime.fromisoformat(f"{whole}.{fraction[:6]:0<6}+00:00")
