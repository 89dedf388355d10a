"""The base of all groups of ELBv2 operations: the load balancers, and the look-ups."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.elbv2.control.balancers import Balancers
from localstack_engines.services.elbv2.errors import (
    listener_not_found,
    load_balancer_not_found,
    rule_not_found,
    target_group_not_found,
)
from localstack_engines.services.elbv2.models import Listener, LoadBalancer, Rule, TargetGroup

Request = dict[str, Any]
Response = dict[str, Any]


class Operations:
    """Finds what requests name. Each look-up raises AWS's error when there is no such resource."""

    def __init__(self, balancers: Balancers) -> None:
        self.balancers = balancers
        self.store = balancers.store

    def load_balancer(self, context: RequestContext, arn: str) -> LoadBalancer:
        found = self.store.region(context).load_balancers.get(arn)
        if found is None:
            raise load_balancer_not_found(arn)
        return found

    def listener(self, context: RequestContext, arn: str) -> tuple[LoadBalancer, Listener]:
        for balancer in list(self.store.region(context).load_balancers.values()):
            if arn in balancer.listeners:
                return balancer, balancer.listeners[arn]
        raise listener_not_found()

    def rule(self, context: RequestContext, arn: str) -> tuple[LoadBalancer, Listener, Rule]:
        for balancer in list(self.store.region(context).load_balancers.values()):
            for listener in list(balancer.listeners.values()):
                for rule in listener.rules:
                    if rule.arn == arn:
                        return balancer, listener, rule
        raise rule_not_found()

    def target_group(self, context: RequestContext, arn: str) -> TargetGroup:
        found = self.store.region(context).target_groups.get(arn)
        if found is None:
            raise target_group_not_found()
        return found
