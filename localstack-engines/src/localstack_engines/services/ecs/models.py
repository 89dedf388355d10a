"""The records of tasks and services."""

import uuid
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from localstack_engines.network.interfaces import Interface, Place
from localstack_engines.services.ecs.deployment_models import Deployment, ServiceDeployment, TaskSet, now
from localstack_engines.services.ecs.engine.container_state import ContainerState
from localstack_engines.services.ecs.engine.health import task_health

if TYPE_CHECKING:
    from localstack_engines.services.ecs.instance_models import ContainerInstance

_EVENTS_KEPT = 100

STOPPED_BY_USER = "UserInitiated"
STOPPED_BY_SCHEDULER = "ServiceSchedulerInitiated"
"""Values of a task's `stop_code`."""


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
    place: Place | None = None
    """The address of a task that is in its instance's bridge network."""
    container_instance: "ContainerInstance | None" = None
    host_ports: dict[tuple[str, int], int] = field(default_factory=dict)
    """Ports of the instance, by the container and the port that they lead to."""
    attachment_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    credentials_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    """Known to the task's containers only: it gives the credentials of the task's role."""
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
    def address(self) -> str | None:
        """The address of the task's containers."""
        if self.network_mode == "host" and self.container_instance is not None:
            return self.container_instance.place.address
        place = self.interface or self.place
        return place.address if place else None

    @property
    def availability_zone(self) -> str | None:
        if self.container_instance is not None:
            return self.container_instance.availability_zone
        return self.interface.availability_zone if self.interface else None

    @property
    def network_mode(self) -> str:
        return str(self.definition.get("networkMode") or "bridge")

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
    def is_leaving(self) -> bool:
        """Whether the task's container instance is to get rid of it."""
        return self.container_instance is not None and self.container_instance.status == "DRAINING"

    @property
    def is_protected(self) -> bool:
        """Whether the service must not stop the task to scale in or to deploy (API_UpdateTaskProtection)."""
        return self.protected_until is not None and self.protected_until > now()

    @property
    def service_name(self) -> str | None:
        return self.group.removeprefix("service:") if self.group.startswith("service:") else None


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
    unplaced: str = ""
    """Why the last task found no container instance, if it found none."""

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
    def is_daemon(self) -> bool:
        """Whether the service has one task on each container instance."""
        return bool(self.settings.get("schedulingStrategy") == "DAEMON")

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
