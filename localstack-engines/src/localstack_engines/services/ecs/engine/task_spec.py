"""Specifications of what the engine runs (plain data)."""

from collections.abc import Callable
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
class RestartPolicy:
    """When a container that ended starts again: after at least `period` seconds, with a code that is not ignored."""

    period: float
    ignored_codes: frozenset[int] = frozenset()

    def applies(self, ran_for: float, exit_code: int) -> bool:
        """Returns whether a container that ran for so many seconds and ended with this code starts again."""
        return ran_for >= self.period and exit_code not in self.ignored_codes


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
    restart_policy: RestartPolicy | None = None
    volumes_from: dict[str, str] = field(default_factory=dict)
    """The containers whose volumes this one mounts too, and the mode: "ro" or "rw"."""
    architecture: str | None = None
    """What the image must be made for, in Docker's words (`amd64`, `arm64`); None for any."""
    registry_credentials: dict[str, str] = field(default_factory=dict)
    """Docker's `username` and `password` for the image's registry; none for a public one."""


@dataclass(frozen=True)
class Network:
    """The Docker network of a task. `address` (the task's own) and `resolver` are IPv4 literals."""

    name: str
    address: str
    resolver: str
    mac_address: str
    hosts: dict[str, str] = field(default_factory=dict)
    """Additional host names and their addresses. Docker replaces `host-gateway` by the address of the machine."""
    sysctls: dict[str, str] = field(default_factory=dict)
    """Kernel parameters of the network (`net.*`)."""
    prepare: Callable[[str], None] | None = None
    """Is called with the container that holds the namespace, before any other container joins it."""


@dataclass(frozen=True)
class Host:
    """A machine with tasks: an address on this machine."""

    id: str
    network: Network


@dataclass(frozen=True)
class Directory:
    """A directory of a Docker volume that outlives tasks.

    With a `mode` (octal digits) it is created, for the owner, when it does not exist. Without one it has to exist.
    """

    volume: str
    path: str
    owner: tuple[int, int] | None = None
    mode: str | None = None


@dataclass(frozen=True)
class Volume:
    """A Docker volume. One with a `host` lives as long as that, any other one as long as its task.

    One with a `directory` only shows it.
    """

    name: str
    host: str | None = None
    directory: Directory | None = None


@dataclass(frozen=True)
class TaskSpec:
    """A task. Its containers share one network namespace."""

    id: str
    containers: list[ContainerSpec]
    network: Network | None
    """The task's own network; without one it is in the network of its host."""
    volumes: list[Volume] = field(default_factory=list)
    shares_processes: bool = False
    """Whether the containers see each other's processes."""
    host: Host | None = None
    ports: dict[int, int] = field(default_factory=dict)
    """Ports of the host, and the task's ports to which they lead."""
