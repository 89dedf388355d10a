"""A container's state, as the engine reports it."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass
class ContainerState:
    """`status` is PENDING, RUNNING or STOPPED; `health` is UNKNOWN, HEALTHY or UNHEALTHY."""

    name: str
    status: str = "PENDING"
    health: str = "UNKNOWN"
    exit_code: int | None = None
    reason: str | None = None
    runtime_id: str | None = None
    image_digest: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    restart_count: int = 0
    last_lines: list[str] = field(default_factory=list)
    """The last lines of the log of a container that failed."""

    @property
    def has_started(self) -> bool:
        return self.started_at is not None

    @property
    def is_past_start(self) -> bool:
        """Whether the container has started or never will."""
        return self.has_started or self.status == "STOPPED"
