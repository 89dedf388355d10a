"""Memory and start-up time of the services' containers."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ops import aws, processes, settings
from ops.load import memory
from ops.problems import Problem
from ops.waiting import polls

_HEALTHY_SECONDS = 60.0
_POLL_SECONDS = 0.2


@dataclass(frozen=True)
class Container:
    """A service's container. `start_seconds` is the time from the start of its process until it listens."""

    service: str
    mebibytes: float
    start_seconds: float


def measure(services: set[str], say: Callable[[str], object]) -> list[Container]:
    """Measures the memory of one container of each service, then stops it and measures the start of its replacement.

    One service after the other, so that nothing else starts at the same time.
    """
    found = []
    for service in sorted(services):
        task = _healthy(service)
        _, used = next(iter(memory.of(aws.container_id(task, service))), ("", 0.0))
        aws.client("ecs").stop_task(cluster=settings.CLUSTER, task=task["taskArn"], reason="its start is measured")
        replacement = _healthy(service, other_than=task["taskArn"])
        found.append(Container(service, used, _start_seconds(aws.container_id(replacement, service))))
        say(f"{service}: {used:.0f} MiB, listens after {found[-1].start_seconds:.1f} s")
    return found


def _healthy(service: str, other_than: str = "") -> dict[str, Any]:
    """Waits for a task of the service that passes its health check. Raises Problem."""
    for _ in polls(_HEALTHY_SECONDS, _POLL_SECONDS):
        for task in aws.tasks(service):
            if task["taskArn"] != other_than and task.get("healthStatus") == "HEALTHY":
                return task
    raise Problem(f"no healthy task of {service} within {_HEALTHY_SECONDS:.0f} s", "make status")


def _start_seconds(container: str) -> float:
    started = (processes.output(["docker", "inspect", "--format", "{{.State.StartedAt}}", container]) or "").strip()
    for line in (processes.output(["docker", "logs", container]) or "").splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if entry.get("event") == "started":
            return (_moment(entry["time"]) - _moment(started)).total_seconds()
    raise Problem(f"the log of container {container} has no line that says that it listens", f"docker logs {container}")


def _moment(text: str) -> datetime:
    # Docker writes nanoseconds, which datetime cannot read.
    whole, _, fraction = text.removesuffix("Z").partition(".")
    return datetime.fromisoformat(f"{whole}.{fraction[:6]:0<6}+00:00")
