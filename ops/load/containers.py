"""Memory and start-up of the service containers."""

import json
from dataclasses import dataclass
from datetime import datetime

from ops import processes, settings
from ops.bench import mebibytes


@dataclass(frozen=True)
class Container:
    """A service's container. ``start_seconds`` is from the process's start until it listens; None if not known."""

    service: str
    mebibytes: float
    start_seconds: float | None


def measure(services: set[str]) -> list[Container]:
    """One container of each service."""
    found = []
    for service in sorted(services):
        listed = ["docker", "ps", "--quiet", "--filter", f"label={settings.OWNER_LABEL}"]
        ids = (processes.output([*listed, "--filter", f"label=pms.localstack.container={service}"]) or "").split()
        if ids:
            found.append(Container(service, _memory(ids[0]), _start_seconds(ids[0])))
    return found


def _memory(container: str) -> float:
    stats = processes.output(["docker", "stats", "--no-stream", "--format", "{{.MemUsage}}", container]) or "0B"
    return mebibytes(stats.split("/")[0].strip())


def _start_seconds(container: str) -> float | None:
    started = (processes.output(["docker", "inspect", "--format", "{{.State.StartedAt}}", container]) or "").strip()
    for line in (processes.output(["docker", "logs", container]) or "").splitlines():
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if entry.get("event") == "started":
            return (_moment(entry["time"]) - _moment(started)).total_seconds()
    return None


def _moment(text: str) -> datetime:
    # Docker writes nanoseconds, which datetime does not read.
    whole, _, fraction = text.removesuffix("Z").partition(".")
    return datetime.fromisoformat(f"{whole}.{fraction[:6]:0<6}+00:00")
