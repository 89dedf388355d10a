"""The records of container instances and of capacity providers."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from localstack_engines.network.interfaces import Place
from localstack_engines.services.ecs.deployment_models import now
from localstack_engines.services.ecs.models import Scope

ACTIVE, DRAINING, INACTIVE = "ACTIVE", "DRAINING", "INACTIVE"


@dataclass(frozen=True)
class Resources:
    """CPU units and MiB of memory."""

    cpu: int
    memory: int

    def minus(self, other: "Resources") -> "Resources":
        return Resources(self.cpu - other.cpu, self.memory - other.memory)


@dataclass
class ContainerInstance:
    """An EC2 instance that belongs to a cluster. Its tasks run on this machine, at the address of the instance.

    `attributes` are the values by name, None for an attribute without one. `status` is ACTIVE, DRAINING or INACTIVE.
    """

    scope: Scope
    ec2_instance_id: str
    resources: Resources
    place: Place
    availability_zone: str
    subnet_id: str
    attributes: dict[str, str | None] = field(default_factory=dict)
    capacity_provider: str | None = None
    status: str = ACTIVE
    is_connected: bool = True
    is_protected: bool | None = None
    """Whether its Auto Scaling group may not end it; None while ECS has not said so."""
    tags: list[dict[str, str]] = field(default_factory=list)
    registered_at: datetime = field(default_factory=now)
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    version: int = 1
    idle_since: datetime = field(default_factory=now)

    @property
    def arn(self) -> str:
        return self.scope.arn("container-instance", self.scope.cluster, self.id)

    @property
    def takes_tasks(self) -> bool:
        return self.status == ACTIVE and self.is_connected

    def set_status(self, status: str) -> None:
        self.status = status
        self.version += 1


@dataclass
class CapacityProvider:
    """A capacity provider of an Auto Scaling group. `group` is the autoScalingGroupProvider, in the API's spelling."""

    account: str
    region: str
    name: str
    group: dict[str, Any]
    tags: list[dict[str, str]] = field(default_factory=list)
    update_status: str = "CREATE_COMPLETE"

    @property
    def arn(self) -> str:
        return Scope(self.account, self.region, "").arn("capacity-provider", self.name)

    @property
    def group_name(self) -> str:
        return str(self.group["autoScalingGroupArn"]).rsplit("autoScalingGroupName/", 1)[-1]

    @property
    def is_managed(self) -> bool:
        """Whether ECS changes the capacity of the group."""
        return (self.group.get("managedScaling") or {}).get("status") == "ENABLED"
