"""The records of scalable targets, policies, scheduled actions and activities."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

NAMESPACE = "ecs"
DIMENSION = "ecs:service:DesiredCount"

TARGET_TRACKING = "TargetTrackingScaling"
STEP = "StepScaling"

IN_PROGRESS, SUCCESSFUL, FAILED = "InProgress", "Successful", "Failed"
"""Values of an activity's `status`."""

DYNAMIC_IN, DYNAMIC_OUT, SCHEDULED = (
    "DynamicScalingInSuspended",
    "DynamicScalingOutSuspended",
    "ScheduledScalingSuspended",
)
"""Members of a target's `suspended`."""


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class TargetKey:
    """What identifies a scalable target in an account and region."""

    account: str
    region: str
    namespace: str
    resource_id: str
    dimension: str

    @property
    def cluster(self) -> str:
        return self.resource_id.split("/")[1]

    @property
    def service(self) -> str:
        return self.resource_id.split("/")[2]


@dataclass
class Target:
    """A scalable target. `suspended` has the members of a SuspendedState."""

    key: TargetKey
    minimum: int
    maximum: int
    role_arn: str
    suspended: dict[str, bool] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    created_at: datetime = field(default_factory=now)
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:26])

    @property
    def arn(self) -> str:
        key = self.key
        return f"arn:aws:application-autoscaling:{key.region}:{key.account}:scalable-target/{self.id}"

    def clamped(self, count: int) -> int:
        return min(max(count, self.minimum), self.maximum)


@dataclass
class Policy:
    """A scaling policy. `configuration` is that of its type, in the API's spelling.

    `alarms` has the alarms of target tracking, the high one first. `scaled_out` has the time of the last scale-out and
    the count before all scale-outs in one cooldown, `scaled_in` the time of the last scale-in; cooldowns begin then.
    """

    key: TargetKey
    name: str
    type: str
    configuration: dict[str, Any]
    alarms: list[dict[str, str]] = field(default_factory=list)
    scaled_out: tuple[datetime, int] | None = None
    scaled_in: datetime | None = None
    created_at: datetime = field(default_factory=now)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def arn(self) -> str:
        key, name = self.key, self.name
        where = f"arn:aws:autoscaling:{key.region}:{key.account}"
        return f"{where}:scalingPolicy:{self.id}:resource/{key.namespace}/{key.resource_id}:policyName/{name}"

    @property
    def scales_in(self) -> bool:
        """Whether a target tracking policy may make the capacity smaller."""
        return not self.configuration.get("DisableScaleIn")


@dataclass
class ScheduledAction:
    """A scheduled action. `start` and `end` limit its schedule; `due` is its next time, None when it is over."""

    key: TargetKey
    name: str
    schedule: str
    timezone: str
    start: datetime | None
    end: datetime | None
    change: dict[str, int]
    due: datetime | None = None
    created_at: datetime = field(default_factory=now)
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def arn(self) -> str:
        key, name = self.key, self.name
        where = f"arn:aws:autoscaling:{key.region}:{key.account}"
        return (
            f"{where}:scheduledAction:{self.id}:resource/{key.namespace}/{key.resource_id}:scheduledActionName/{name}"
        )


@dataclass
class Activity:
    """A change of a target's capacity to `wanted`. It is in progress until the service has as many running tasks."""

    key: TargetKey
    wanted: int
    cause: str
    status: str
    message: str
    started_at: datetime = field(default_factory=now)
    ended_at: datetime | None = None
    id: str = field(default_factory=lambda: str(uuid.uuid4()))

    def finish(self, status: str, message: str) -> None:
        self.status, self.message, self.ended_at = status, message, now()
