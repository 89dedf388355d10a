"""The records of Express services: what each of them is made of besides its ECS service.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/express-service-work.html
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from localstack_engines.services.ecs.deployment_models import now
from localstack_engines.services.ecs.models import Scope

Json = dict[str, Any]

PUBLIC, PRIVATE = "PUBLIC", "PRIVATE"
"""Values of a gateway's `access_type`."""

MAIN = "Main"
"""The name of the primary container."""


@dataclass(frozen=True)
class Network:
    """Where an Express service and its load balancer are. `security_groups` are those that the caller gives."""

    vpc_id: str
    subnets: tuple[str, ...]
    access_type: str
    security_groups: tuple[str, ...] = ()


@dataclass
class Gateway:
    """An Application Load Balancer that Express services of the same subnets share; `services` has their ARNs."""

    account: str
    region: str
    network: Network
    security_group: str = ""
    balancer_arn: str = ""
    certificate_arn: str = ""
    listener_arn: str = ""
    services: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Configuration:
    """What a revision of an Express service has besides its task definition."""

    health_check_path: str
    scaling: Json
    """The API's scalingTarget with all members."""


@dataclass
class ExpressService:
    """An Express service. Its ECS service has the same ARN.

    Its traffic goes to the target group `serving`; a deployment with new tasks uses the other one of `target_groups`.
    """

    scope: Scope
    arn: str
    name: str
    infrastructure_role: str
    host: str
    """The host name of its endpoint."""
    network: Network
    gateway: Gateway
    tags: list[Json] = field(default_factory=list)
    security_group: str = ""
    log_group: str = ""
    """The log group that it makes, if any."""
    target_groups: list[str] = field(default_factory=list)
    serving: str = ""
    rule_arn: str = ""
    scalable_target: str = ""
    scaling_policy: str = ""
    """The ARNs of its auto scaling."""
    scaling: Json = field(default_factory=dict)
    """The scalingTarget that auto scaling has now."""
    definitions: list[str] = field(default_factory=list)
    """The task definitions that it has registered."""
    configurations: dict[str, Configuration] = field(default_factory=dict)
    """By the id of the service's revision."""
    created_at: datetime = field(default_factory=now)
    updated_at: datetime = field(default_factory=now)
    is_removed: bool = False
    """Whether everything that it was made of is gone."""

    def configuration(self, revision_id: str) -> Configuration:
        """Returns that of a revision, or the last one for a revision that UpdateService has made."""
        return self.configurations.get(revision_id) or next(reversed(self.configurations.values()))

    @property
    def other_group(self) -> str:
        """The target group without traffic."""
        return next(arn for arn in self.target_groups if arn != self.serving)
