"""The records of all accounts and regions, and moto's records of certificates, subnets and instances."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.network import ec2
from localstack_engines.services.elbv2.models import Listener, LoadBalancer, Rule, Scope, TargetGroup


@dataclass
class Region:
    """The resources of one account in one region, by ARN."""

    load_balancers: dict[str, LoadBalancer] = field(default_factory=dict)
    target_groups: dict[str, TargetGroup] = field(default_factory=dict)


class Store:
    """Holds the resources of all regions. `lock` guards the tables and the targets."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._regions: dict[Scope, Region] = {}

    def region(self, context: RequestContext) -> Region:
        return self.region_of(scope_of(context))

    def region_of(self, scope: Scope) -> Region:
        # One step: of two first requests at once, neither may get a region that the other one replaces.
        return self._regions.setdefault(scope, Region())

    def load_balancers(self) -> list[LoadBalancer]:
        return [one for region in list(self._regions.values()) for one in list(region.load_balancers.values())]

    def load_balancer(self, arn: str) -> LoadBalancer | None:
        """Returns a load balancer of any region, or None."""
        return next((one for one in self.load_balancers() if one.arn == arn), None)

    def target_groups(self) -> list[TargetGroup]:
        return [one for region in list(self._regions.values()) for one in list(region.target_groups.values())]

    def target_group(self, arn: str) -> TargetGroup | None:
        """Returns a target group of any region, or None."""
        return next((group for group in self.target_groups() if group.arn == arn), None)

    def find_listener(self, arn: str) -> tuple[LoadBalancer, Listener] | None:
        """Returns a listener of any region with its load balancer, or None."""
        for balancer in self.load_balancers():
            if arn in balancer.listeners:
                return balancer, balancer.listeners[arn]
        return None

    def users(self, group: TargetGroup) -> list[LoadBalancer]:
        """Returns the load balancers whose rules forward to a target group; AWS allows one at most."""
        balancers = list(self.region_of(group.scope).load_balancers.values())
        return [one for one in balancers if group.arn in set(target_groups_of(one))]


def scope_of(context: RequestContext) -> Scope:
    return Scope(context.account_id, context.region)


def rules_of(balancer: LoadBalancer) -> Iterator[Rule]:
    for listener in list(balancer.listeners.values()):
        yield from list(listener.rules)


def target_groups_of(balancer: LoadBalancer) -> Iterator[str]:
    """Yields the ARN of each target group to which a load balancer forwards, possibly more than once."""
    for rule in rules_of(balancer):
        yield from target_groups_in(rule.actions)


def target_groups_in(actions: list[dict[str, Any]]) -> Iterator[str]:
    """Yields the ARNs of the target groups that actions forward to. Actions are in their stored form."""
    for action in actions:
        for entry in (action.get("ForwardConfig") or {}).get("TargetGroups") or []:
            yield entry["TargetGroupArn"]


def subnet(scope: Scope, subnet_id: str) -> Any | None:
    return ec2.subnet(scope.account, scope.region, subnet_id)


def vpc_exists(scope: Scope, vpc_id: str) -> bool:
    return ec2.vpc_exists(scope.account, scope.region, vpc_id)


def security_group(scope: Scope, group_id: str) -> Any | None:
    return ec2.security_group(scope.account, scope.region, group_id)


def instance_address(scope: Scope, instance_id: str) -> str | None:
    """Returns the private address of a running EC2 instance, or None."""
    for instance in ec2.instances(scope.account, scope.region):
        if instance.id == instance_id and instance.state == "running":
            return str(instance.private_ip)
    return None


def default_security_groups(scope: Scope, subnets: list[str]) -> list[str]:
    """Returns the default security group of the VPC that subnets are in."""
    return ec2.default_group_of_subnets(scope.account, scope.region, subnets)


def certificate(arn: str) -> str | None:
    """Returns a certificate of ACM with its chain and private key (PEM), or None when ACM has none of this ARN."""
    from moto.acm.models import AWS_ROOT_CA, acm_backends

    parts = arn.split(":")
    if len(parts) < 6 or parts[2] != "acm":
        return None
    bundle = acm_backends[parts[4]][parts[3]]._certificates.get(arn)
    if bundle is None:
        return None
    # moto adds AWS's own root to every chain. A server does not send the root.
    chain = bundle.chain.removesuffix(AWS_ROOT_CA)
    return "".join(part.decode().strip() + "\n" for part in (bundle.cert, chain, bundle.key) if part.strip())


def security_policies() -> list[dict[str, Any]]:
    """Returns AWS's TLS policies, as moto lists them: names, protocols and ciphers."""
    from moto.elbv2.responses import SSL_POLICIES

    return list(SSL_POLICIES)
