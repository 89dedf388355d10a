"""The records of load balancers, listeners, rules, target groups and targets.

`settings` and `attributes` are in the API's spelling. Values of attributes are text, as in the API.
"""

import secrets
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from localstack_engines.network.interfaces import Interface
from localstack_engines.toolkit import settings as environment

Json = dict[str, Any]

PROVISIONING, ACTIVE, FAILED, DELETED = "provisioning", "active", "failed", "deleted"
"""Values of a load balancer's `state`. Nobody sees the last one: the record is gone then."""

APPLICATION, NETWORK = "application", "network"
"""Values of a load balancer's `type`."""

_ARN_KIND = {APPLICATION: "app", NETWORK: "net"}

CONDITION_CONFIGS = {
    "host-header": "HostHeaderConfig",
    "path-pattern": "PathPatternConfig",
    "http-header": "HttpHeaderConfig",
    "http-request-method": "HttpRequestMethodConfig",
    "query-string": "QueryStringConfig",
    "source-ip": "SourceIpConfig",
}
"""The member of a condition that has its values, by the condition's field."""


def new_id() -> str:
    """Returns the last part of an ARN, as AWS makes it."""
    return secrets.token_hex(8)


@dataclass(frozen=True)
class Scope:
    """Account and region."""

    account: str
    region: str

    def arn(self, *path: str) -> str:
        return f"arn:aws:elasticloadbalancing:{self.region}:{self.account}:{'/'.join(path)}"


@dataclass
class Rule:
    """A rule of a listener. The default rule has the priority "default" and no conditions."""

    arn: str
    priority: str
    conditions: list[Json]
    actions: list[Json]
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def is_default(self) -> bool:
        return self.priority == "default"

    @property
    def order(self) -> tuple[bool, int]:
        """Sorts rules in the order in which they are tried."""
        return (self.is_default, 0 if self.is_default else int(self.priority))


@dataclass
class Listener:
    """A listener. `certificates` are ARNs; the first one is the default certificate.

    `published_port` is the port at which the machine itself reaches the listener, None for an internal load balancer.
    `inner_port` is the port of the load balancer to which LocalStack passes those connections on.
    """

    arn: str
    port: int
    protocol: str
    rules: list[Rule]
    certificates: list[str] = field(default_factory=list)
    ssl_policy: str | None = None
    attributes: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    published_port: int | None = None
    inner_port: int = 0

    @property
    def id(self) -> str:
        return self.arn.rsplit("/", 1)[-1]

    @property
    def default_rule(self) -> Rule:
        return next(rule for rule in self.rules if rule.is_default)

    @property
    def ordered_rules(self) -> list[Rule]:
        return sorted(self.rules, key=lambda rule: rule.order)


@dataclass
class LoadBalancer:
    """A load balancer. `failure` is the reason of the state failed.

    One thread at a time, which holds `lock`, changes the listeners and what runs.
    """

    scope: Scope
    name: str
    type: str
    scheme: str
    vpc_id: str
    subnets: list[str]
    zones: dict[str, str]
    """The availability zone of each subnet."""
    security_groups: list[str]
    interface: Interface
    attributes: dict[str, str]
    tags: dict[str, str]
    ip_address_type: str = "ipv4"
    id: str = field(default_factory=new_id)
    number: int = field(default_factory=lambda: secrets.randbelow(9 * 10**9) + 10**9)
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    listeners: dict[str, Listener] = field(default_factory=dict)
    aliases: set[str] = field(default_factory=set)
    """Further host names: at the edge port those of a public load balancer, in the VPC those of an internal one."""
    state: str = PROVISIONING
    failure: str = ""
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def path(self) -> tuple[str, str, str]:
        """The part of the ARN that all resources of the load balancer have."""
        return _ARN_KIND[self.type], self.name, self.id

    @property
    def arn(self) -> str:
        return self.scope.arn("loadbalancer", *self.path)

    @property
    def is_application(self) -> bool:
        return self.type == APPLICATION

    @property
    def is_public(self) -> bool:
        return self.scheme == "internet-facing"

    @property
    def dns_name(self) -> str:
        prefix = "" if self.is_public else "internal-"
        return f"{prefix}{self.name}-{self.number}.{self.scope.region}.elb.{environment.endpoint_host()}"

    def listener_arn(self, listener_id: str) -> str:
        return self.scope.arn("listener", *self.path, listener_id)

    def rule_arn(self, listener_id: str, rule_id: str) -> str:
        return self.scope.arn("listener-rule", *self.path, listener_id, rule_id)


@dataclass
class Target:
    """A registered target. `id` is an IP address or an instance's id, `address` what answers for it.

    `state`, `reason` and `description` are those of DescribeTargetHealth. `is_draining` is true from its
    deregistration on.
    """

    id: str
    port: int
    address: str
    zone: str | None = None
    state: str = "initial"
    reason: str | None = "Elb.RegistrationInProgress"
    description: str | None = "Target registration is in progress"
    is_draining: bool = False

    @property
    def key(self) -> tuple[str, int]:
        return (self.id, self.port)


@dataclass
class TargetGroup:
    """A target group. `check` holds the members of its health check."""

    scope: Scope
    name: str
    target_type: str
    protocol: str
    port: int
    vpc_id: str
    check: Json
    attributes: dict[str, str]
    tags: dict[str, str]
    protocol_version: str | None = None
    ip_address_type: str = "ipv4"
    id: str = field(default_factory=new_id)
    targets: dict[tuple[str, int], Target] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        return self.scope.arn("targetgroup", self.name, self.id)

    @property
    def is_http(self) -> bool:
        return self.protocol in ("HTTP", "HTTPS")

    @property
    def deregistration_delay(self) -> float:
        """Seconds."""
        return float(self.attributes["deregistration_delay.timeout_seconds"])
