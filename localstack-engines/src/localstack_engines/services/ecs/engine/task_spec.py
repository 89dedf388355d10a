"""What the engine is told to run, and what it reports. Plain data."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

LogSink = Callable[[list[tuple[int, str]]], None]
"""Takes a batch of (milliseconds since the epoch, line), in order."""

START, COMPLETE, SUCCESS, HEALTHY = "START", "COMPLETE", "SUCCESS", "HEALTHY"


@dataclass(frozen=True)
class HealthCheck:
    """Durations in seconds. `command` as Docker wants it to be run (no CMD/CMD-SHELL marker left)."""

    command: list[str]
    interval: float = 30
    timeout: float = 5
    retries: int = 3
    start_period: float = 0


@dataclass(frozen=True)
class ContainerSpec:
    """One container. `depends_on` maps a container's name to the condition awaited."""

    name: str
    image: str
    essential: bool = True
    environment: dict[str, str] = field(default_factory=dict)
    command: list[str] | None = None
    entrypoint: list[str] | None = None
    depends_on: dict[str, str] = field(default_factory=dict)
    health_check: HealthCheck | None = None
    stop_timeout: int = 30
    start_timeout: int | None = None
    host_options: dict = field(default_factory=dict)
    """Arguments for Docker's host configuration (memory, ulimits, mounts, ...)."""
    options: dict = field(default_factory=dict)
    """Arguments for Docker's container configuration (user, working directory, ...)."""
    log_sink: LogSink | None = None


@dataclass(frozen=True)
class Network:
    """Where the task's one network namespace is: address and resolver are IPv4 literals."""

    name: str
    address: str
    resolver: str
    mac_address: str
    hosts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class TaskSpec:
    """A task: all its containers share a network namespace."""

    id: str
    containers: list[ContainerSpec]
    network: Network
    volumes: list[str] = field(default_factory=list)


@dataclass
class ContainerState:
    """Status is PENDING, RUNNING or STOPPED; health UNKNOWN, HEALTHY or UNHEALTHY."""

    name: str
    status: str = "PENDING"
    health: str = "UNKNOWN"
    exit_code: int | None = None
    reason: str | None = None
    runtime_id: str | None = None
    image_digest: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    last_lines: list[str] = field(default_factory=list)

    @property
    def has_started(self) -> bool:
        return self.started_at is not None

    @property
    def is_past_start(self) -> bool:
        """Started, or given up: nothing more to wait for."""
        return self.has_started or self.status == "STOPPED"


class TaskFailed(Exception):
    """The task cannot start; `kind` is ECS's error name, e.g. CannotPullContainerError."""

    def __init__(self, kind: str, message: str, container: str | None = None) -> None:
        super().__init__(f"{kind}: {message}")
        self.kind = kind
        self.container = container
