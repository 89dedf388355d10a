"""Runs scaling policies when their alarms fire."""

import logging
from datetime import datetime, timedelta

from localstack_engines.metrics.alarm_actions import Signal
from localstack_engines.services.applicationautoscaling.control import (
    alarms,
    ecs_services,
    step_scaling,
    target_tracking,
)
from localstack_engines.services.applicationautoscaling.control.capacity import Capacity
from localstack_engines.services.applicationautoscaling.models import (
    DYNAMIC_IN,
    DYNAMIC_OUT,
    TARGET_TRACKING,
    Policy,
    Target,
    now,
)
from localstack_engines.services.applicationautoscaling.store import Store

LOG = logging.getLogger(__name__)


class Scaler:
    """Takes the signals of alarms. One policy runs at a time."""

    def __init__(self, store: Store, capacity: Capacity) -> None:
        self._store = store
        self._capacity = capacity

    def run(self, policy_arn: str, signal: Signal) -> None:
        """Runs the policy that an alarm in the state ALARM names. CloudWatch calls this every period."""
        with self._store.lock:
            policy = self._store.policy_by_arn(policy_arn)
            target = self._store.targets.get(policy.key) if policy else None
            counts = ecs_services.counts(policy.key) if policy else None
            if policy is None or target is None or counts is None:
                return
            wanted = self._wanted(policy, counts.desired, signal)
            if wanted is not None:
                self._change(target, policy, counts.desired, wanted, signal)

    def _wanted(self, policy: Policy, count: int, signal: Signal) -> int | None:
        """Returns the count that the policy asks for, before the limits of the target; None when it asks for nothing.

        During the cooldown after a scale-out, the count that it started from is the base, so that only a larger
        scale-out changes anything.
        """
        base = _base(policy, count)
        if policy.type != TARGET_TRACKING:
            breach = signal.value - signal.threshold
            wanted = step_scaling.wanted(policy.configuration, count, breach)
            if wanted is not None and wanted > count:
                return step_scaling.wanted(policy.configuration, base, breach)
            return wanted
        value = float(policy.configuration["TargetValue"])
        if alarms.is_high(policy, signal.alarm_name):
            return max(count, target_tracking.wanted(base, signal.value, value))
        return self._wanted_to_scale_in(policy, count)

    def _wanted_to_scale_in(self, policy: Policy, count: int) -> int | None:
        """Returns the largest count that a target tracking policy asks for; None when one is not ready to scale in."""
        others = self._store.policies_of(policy.key)
        tracking = [one for one in others if one.type == TARGET_TRACKING and one.scales_in]
        found = []
        for one in tracking:
            value = alarms.ready_to_scale_in(one)
            if value is None:
                return None
            found.append(target_tracking.wanted(count, value, float(one.configuration["TargetValue"])))
        return min(count, max(found)) if found else None

    def _change(self, target: Target, policy: Policy, count: int, wanted: int, signal: Signal) -> None:
        """Changes the count, within the limits of the target.

        A count above the maximum does not shrink by a scale-out, and one below the minimum does not grow by a scale-in.
        Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-auto-scaling.html
        """
        grows, limited = wanted > count, target.clamped(wanted)
        if wanted == count or limited == count or (limited > count) is not grows:
            return
        if target.suspended.get(DYNAMIC_OUT if grows else DYNAMIC_IN) or (not grows and _cools_down(policy)):
            return
        cause = f"monitor alarm {signal.alarm_name} in state ALARM triggered policy {policy.name}"
        if not self._capacity.set(policy.key, limited, cause):
            return
        if grows:
            # A scale-out ends the cooldown of a scale-in. What it adds to one in its cooldown counts with that one.
            policy.scaled_out, policy.scaled_in = (now(), _base(policy, count)), None
        else:
            policy.scaled_in = now()


def _base(policy: Policy, count: int) -> int:
    """Returns the count to calculate a scale-out from."""
    if policy.scaled_out is None:
        return count
    at, before = policy.scaled_out
    return before if _within(at, _cooldown(policy, "ScaleOutCooldown")) else count


def _cools_down(policy: Policy) -> bool:
    """Whether a scale-in has to wait for the end of the last one's cooldown, or of a step policy's scale-out."""
    cooldown = _cooldown(policy, "ScaleInCooldown")
    if policy.scaled_in is not None and _within(policy.scaled_in, cooldown):
        return True
    is_step = policy.type != TARGET_TRACKING
    return is_step and policy.scaled_out is not None and _within(policy.scaled_out[0], cooldown)


def _cooldown(policy: Policy, member: str) -> int:
    """Returns a cooldown in seconds."""
    given = policy.configuration.get(member if policy.type == TARGET_TRACKING else "Cooldown")
    return target_tracking.COOLDOWN_SECONDS if given is None else int(given)


def _within(since: datetime, seconds: int) -> bool:
    return now() - since < timedelta(seconds=seconds)
