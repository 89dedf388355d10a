"""The records of tasks, services and deployments."""

import math
import uuid
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from localstack_engines.network.interfaces import Interface
from localstack_engines.services.ecs.engine.container_state import ContainerState
from localstack_engines.services.ecs.engine.health import task_health

_EVENTS_KEPT = 100

STOPPED_BY_USER = "UserInitiated"
STOPPED_BY_SCHEDULER = "ServiceSchedulerInitiated"
"""Values of a task's `stop_code`."""


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Scope:
    """Account, region and cluster: the namespace of services and tasks."""

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
    """A task's record. `status` is ECS's lastStatus. Only the engine changes the container states."""

    scope: Scope
    definition: dict[str, Any]
    group: str
    launch_type: str
    overrides: dict[str, Any] = field(default_factory=dict)
    tags: list[dict[str, str]] = field(default_factory=list)
    started_by: str | None = None
    capacity_provider: str | None = None
    enable_execute_command: bool = False
    load_balancers: list[dict[str, Any]] = field(default_factory=list)
    """The target groups in which it is registered, as its service's `loadBalancers`."""
    reference_id: str | None = None
    client_token: str | None = None
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
    protected_until: datetime | None = None
    version: int = 1
    counted: bool = False
    """Whether the reconciler has counted this task as a success or a failure of its deployment."""

    @property
    def arn(self) -> str:
        return self.scope.arn("task", self.scope.cluster, self.id)

    def container_arn(self, name: str) -> str:
        return self.scope.arn("container", self.scope.cluster, self.id, name)

    @property
    def effective_definition(self) -> dict[str, Any]:
        """The task definition with the overrides of the whole task, such as its size."""
        changes = {key: value for key, value in self.overrides.items() if key != "containerOverrides" and value}
        return {**self.definition, **changes}

    def container_override(self, name: str) -> dict[str, Any]:
        """Returns the overrides of a container, which are empty if there are none."""
        overrides = self.overrides.get("containerOverrides") or []
        return next((override for override in overrides if override.get("name") == name), {})

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

    @property
    def is_protected(self) -> bool:
        """Whether the service must not stop the task to scale in or to deploy (API_UpdateTaskProtection)."""
        return self.protected_until is not None and self.protected_until > now()

    @property
    def service_name(self) -> str | None:
        return self.group.removeprefix("service:") if self.group.startswith("service:") else None


@dataclass
class Deployment:
    """One roll-out of a service.

    `status` is PRIMARY or ACTIVE; `rollout_state` is IN_PROGRESS, COMPLETED or FAILED. No task is started before
    `retry_at`, a time of the monotonic clock in seconds.
    """

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

    @property
    def revision_id(self) -> str:
        return self.id.rsplit("/", 1)[-1]

    def set_rollout(self, state: str, reason: str) -> None:
        self.rollout_state, self.rollout_reason, self.updated_at = state, reason, now()


@dataclass
class ServiceDeployment:
    """What ListServiceDeployments shows of a deployment. It stays when the deployment is over.

    `status` is one of API_ServiceDeployment. `reason` says how it came to that.
    """

    id: str
    target: str
    sources: list[str]
    """The ids of the revisions before and after it; a revision has the id of the deployment that made it."""
    status: str = "IN_PROGRESS"
    reason: str | None = None
    created_at: datetime = field(default_factory=now)
    updated_at: datetime = field(default_factory=now)
    stopped_at: datetime | None = None
    finished_at: datetime | None = None
    rolled_back_to: str | None = None

    @property
    def is_over(self) -> bool:
        return self.finished_at is not None

    def set_status(self, status: str, reason: str | None = None) -> None:
        self.status, self.reason, self.updated_at = status, reason or self.reason, now()

    def finish(self, status: str, reason: str | None = None) -> None:
        self.set_status(status, reason)
        self.finished_at = self.updated_at


@dataclass
class TaskSet:
    """A part of a service with the EXTERNAL deployment controller. `scale` is in percent of the service's count.

    `deployment` has the settings of its tasks, which name it as their `started_by`. `status` is PRIMARY, ACTIVE or
    DRAINING.
    """

    deployment: Deployment
    scale: float = 100.0
    external_id: str | None = None
    client_token: str | None = None
    tags: list[dict[str, str]] = field(default_factory=list)
    status: str = "ACTIVE"
    is_steady: bool = False
    stable_at: datetime = field(default_factory=now)
    updated_at: datetime = field(default_factory=now)

    @property
    def id(self) -> str:
        return self.deployment.id

    def desired(self, service_count: int) -> int:
        """Returns how many tasks it should have: the percentage of the service's count, rounded up."""
        return 0 if self.status == "DRAINING" else math.ceil(service_count * self.scale / 100)

    def set_steady(self, is_steady: bool) -> None:
        if is_steady != self.is_steady:
            self.is_steady, self.stable_at = is_steady, now()


@dataclass
class Service:
    """A service's record. `settings` are the parameters of CreateService and UpdateService, in the API's spelling."""

    scope: Scope
    name: str
    settings: dict[str, Any]
    desired_count: int
    deployments: list[Deployment] = field(default_factory=list)
    last_completed: Deployment | None = None
    history: list[ServiceDeployment] = field(default_factory=list)
    """All deployments, the last one at the end."""
    task_sets: list[TaskSet] = field(default_factory=list)
    """With the EXTERNAL deployment controller, instead of deployments."""
    revisions: dict[str, Deployment] = field(default_factory=dict)
    """The deployments whose settings are the service's revisions, by the revision's id."""
    events: deque[dict[str, Any]] = field(default_factory=lambda: deque(maxlen=_EVENTS_KEPT))
    tags: list[dict[str, str]] = field(default_factory=list)
    client_token: str | None = None
    status: str = "ACTIVE"
    created_at: datetime = field(default_factory=now)
    is_steady: bool = False
    is_throttled: bool = False

    @property
    def arn(self) -> str:
        return self.scope.arn("service", self.scope.cluster, self.name)

    def part_arn(self, kind: str, part: str) -> str:
        """Returns the ARN of a deployment (`service-deployment`) or revision (`service-revision`) by its id."""
        return self.scope.arn(kind, self.scope.cluster, self.name, part)

    @property
    def is_external(self) -> bool:
        """Whether the service's tasks come from task sets."""
        return bool((self.settings.get("deploymentController") or {}).get("type") == "EXTERNAL")

    @property
    def sources(self) -> list[Deployment]:
        """What the service's tasks are started from."""
        return [*self.deployments, *(task_set.deployment for task_set in self.task_sets)]

    @property
    def current(self) -> ServiceDeployment:
        """The last deployment, which may be over."""
        return self.history[-1]

    @property
    def primary(self) -> Deployment:
        return self.deployments[0]

    @property
    def group(self) -> str:
        return f"service:{self.name}"

    def begin_deployment(self, revision: dict[str, Any]) -> None:
        """Makes a new deployment of these settings the primary one."""
        for previous in self.deployments:
            previous.status = "ACTIVE"
        deployment = Deployment(revision)
        if self.history and not self.history[-1].is_over:
            self.history[-1].finish("STOPPED", "Superseded by a new deployment.")
        sources = [previous.revision_id for previous in self.deployments]
        self.history.append(ServiceDeployment(deployment.revision_id, deployment.revision_id, sources))
        self.revisions[deployment.revision_id] = deployment
        self.deployments.insert(0, deployment)
        self.is_steady = False

    def log(self, message: str) -> None:
        """Adds an event to those that DescribeServices shows."""
        text = f"(service {self.name}) {message}"
        self.events.appendleft({"id": str(uuid.uuid4()), "createdAt": now(), "message": text})
