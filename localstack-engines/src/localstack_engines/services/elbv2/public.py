"""What other services may ask of load balancers: addresses of listeners, and the targets of target groups."""

from collections.abc import Callable
from dataclasses import dataclass

from localstack_engines.services.elbv2.control.balancers import balancers
from localstack_engines.services.elbv2.models import ACTIVE, Target


@dataclass(frozen=True)
class TargetGroup:
    """`target_type` is ip or instance. `is_attached` says that a load balancer forwards to it."""

    arn: str
    target_type: str
    is_attached: bool


@dataclass(frozen=True)
class TargetHealth:
    """`state` and `description` are those of DescribeTargetHealth."""

    state: str
    description: str | None


def listener_address(listener_arn: str) -> tuple[str, int] | None:
    """Returns address and port of a listener, reachable from LocalStack's container and from tasks of its VPC.

    Returns None when there is no such listener, or its load balancer does not run.
    """
    found = balancers.store.find_listener(listener_arn)
    if found is None or found[0].state != ACTIVE:
        return None
    balancer, listener = found
    return balancer.interface.address, listener.port


def set_alias(balancer_arn: str, name: str, *, is_used: bool) -> None:
    """Makes a host name lead to a load balancer, or not any more, as a record of a DNS zone does.

    A name of an internet-facing one is for the edge port: `<label>.ecs.<region>.<host of endpoints>`.
    That of an internal one is its address in the VPC. Raises LookupError when the load balancer does not exist.
    """
    balancer = balancers.store.load_balancer(balancer_arn)
    if balancer is None:
        raise LookupError(f"no load balancer {balancer_arn}")
    balancers.set_alias(balancer, name, is_used=is_used)


def target_group(arn: str) -> TargetGroup | None:
    """Returns a target group, or None when it does not exist."""
    group = balancers.store.target_group(arn)
    return TargetGroup(arn, group.target_type, bool(balancers.store.users(group))) if group else None


def register(group_arn: str, address: str, port: int) -> None:
    """Registers a target by its IP address. Raises LookupError when the target group does not exist."""
    group = balancers.store.target_group(group_arn)
    if group is None:
        raise LookupError(f"no target group {group_arn}")
    balancers.targets.register(group, [Target(address, port, address)])


def deregister(group_arn: str, address: str, port: int) -> None:
    """Deregisters a target: it gets no new requests when this returns. Does nothing when it is not registered."""
    group = balancers.store.target_group(group_arn)
    target = group.targets.get((address, port)) if group else None
    if group is not None and target is not None:
        balancers.targets.deregister(group, [target])


def wait_until_drained(group_arn: str, address: str, port: int) -> None:
    """Returns when a deregistered target has no connections any more, or its deregistration delay is over."""
    balancers.targets.wait_until_drained(group_arn, (address, port))


def health(group_arn: str, address: str, port: int) -> TargetHealth | None:
    """Returns the health of a target, or None when it is not registered."""
    group = balancers.store.target_group(group_arn)
    target = group.targets.get((address, port)) if group else None
    return TargetHealth(target.state, target.description) if target else None


def subscribe(callback: Callable[[str, str, int], None]) -> None:
    """Calls `callback` with a target group's ARN, a target's id and port after each change of the target's health."""
    balancers.targets.subscribe(lambda arn, target: callback(arn, target.id, target.port))
