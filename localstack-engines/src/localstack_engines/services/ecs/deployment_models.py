"""The records of deployments and task sets, from which the tasks of services come."""

import math
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any


def now() -> datetime:
    return datetime.now(UTC)


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
