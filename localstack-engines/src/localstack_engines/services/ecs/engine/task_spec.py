"""Specifications of what the engine runs (plain data)."""

from dataclasses import dataclass, field

from localstack_engines.toolkit.log_shipping.log_events import LogSink

START, COMPLETE, SUCCESS, HEALTHY = "START", "COMPLETE", "SUCCESS", "HEALTHY"


@dataclass(frozen=True)
class HealthCheck:
    """Durations are in seconds. `command` is what Docker runs, without the marker CMD or CMD-SHELL."""

    command: list[str]
    interval: float = 30
    timeout: float = 5
    retries: int = 3
    start_period: float = 0


@dataclass(frozen=True)
class ContainerSpec:
    """One container. `depends_on` maps the name of another container to the condition that this one waits for."""

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
    """The Docker network of a task. `address` (the task's own) and `resolver` are IPv4 literals."""

    name: str
    address: str
    resolver: str
    mac_address: str
    hosts: dict[str, str] = field(default_factory=dict)
    """Additional host names and their addresses. Docker replaces `host-gateway` by the address of the machine."""


@dataclass(frozen=True)
class TaskSpec:
    """A task. Its containers share one network namespace."""

    id: str
    containers: list[ContainerSpec]
    network: Network
    volumes: list[str] = field(default_factory=list)
