"""What the control plane remembers: tasks, services, deployments."""

import uuid
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from localstack_engines.network.interfaces import Interface
from localstack_engines.services.ecs.engine.health import task_health
from localstack_engines.services.ecs.engine.task_spec import ContainerState

_EVENTS_KEPT = 100


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Scope:
    """Account, region and cluster: the name space of services and tasks."""

    account: str
    region: str
    cluster: str

    def arn(self, kind: str, *path: str) -> str:
        return f"arn:aws:ecs:{self.region}:{self.account}:{kind}/{'/'.join(path)}"

    @property
    def cluster_arn(self) -> str:
        return self.arn("cluster", self.cluster)


@dataclass
class Task:
    """A task's record. `status` is ECS's lastStatus; container states belong to the engine and are only read here."""

    scope: Scope
    definition: dict[str, Any]
    group: str
    launch_type: str
    overrides: dict[str, Any] = field(default_factory=dict)
    tags: list[dict[str, str]] = field(default_factory=list)
    started_by: str | None = None
    capacity_provider: str | None = None
    enable_execute_command: bool = False
    reference_id: str | None = None
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    status: str = "PROVISIONING"
    desired_status: str = "RUNNING"
    stop_code: str | None = None
    stopped_reason: str | None = None
    interface: Interface | None = None
    attachment_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    containers: dict[str, ContainerState] = field(default_factory=dict)
    created_at: datetime = field(default_factory=now)
    pull_started_at: datetime | None = None
    pull_stopped_at: datetime | None = None
    connectivity_at: datetime | None = None
    started_at: datetime | None = None
    stopping_at: datetime | None = None
    stopped_at: datetime | None = None
    execution_stopped_at: datetime | None = None
    version: int = 1
    counted: bool = False
    """Whether the service scheduler has taken this task's success or failure into account."""

    @property
    def arn(self) -> str:
        return self.scope.arn("task", self.scope.cluster, self.id)

    @property
    def health(self) -> str:
        checked = [
            (self.containers[c["name"]].health, bool(c.get("healthCheck")))
            for c in self.definition["containerDefinitions"]
            if c.get("essential", True) and c["name"] in self.containers
        ]
        return task_health(checked)

    @property
    def has_health_check(self) -> bool:
        return any(c.get("healthCheck") and c.get("essential", True) for c in self.definition["containerDefinitions"])

    @property
    def is_wanted(self) -> bool:
        return self.desired_status == "RUNNING"


@dataclass
class Deployment:
    """One roll-out of a service. `status` is PRIMARY or ACTIVE, `rollout_state` IN_PROGRESS, COMPLETED or FAILED."""

    service_revision: dict[str, Any]
    id: str = field(default_factory=lambda: f"ecs-svc/{uuid.uuid4().int % 10**19:019d}")
    status: str = "PRIMARY"
    rollout_state: str = "IN_PROGRESS"
    rollout_reason: str = ""
    failed_tasks: int = 0
    consecutive_failures: int = 0
    last_failure: str = ""
    retry_at: float = 0.0
    created_at: datetime = field(default_factory=now)
    updated_at: datetime = field(default_factory=now)

    def set_rollout(self, state: str, reason: str) -> None:
        self.rollout_state, self.rollout_reason, self.updated_at = state, reason, now()


@dataclass
class Service:
    """A service's record; `settings` is what CreateService and UpdateService gave, in the API's spelling."""

    scope: Scope
    name: str
    settings: dict[str, Any]
    desired_count: int
    deployments: list[Deployment] = field(default_factory=list)
    last_completed: Deployment | None = None
    events: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=_EVENTS_KEPT))
    tags: list[dict[str, str]] = field(default_factory=list)
    status: str = "ACTIVE"
    created_at: datetime = field(default_factory=now)
    is_steady: bool = False
    is_throttled: bool = False

    @property
    def arn(self) -> str:
        return self.scope.arn("service", self.scope.cluster, self.name)

    @property
    def primary(self) -> Deployment:
        return self.deployments[0]

    @property
    def group(self) -> str:
        return f"service:{self.name}"

    def log(self, message: str) -> None:
        text = f"(service {self.name}) {message}"
        self.events.appendleft({"id": str(uuid.uuid4()), "createdAt": now(), "message": text})
