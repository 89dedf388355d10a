"""The records of Application Auto Scaling, of all accounts and regions."""

import threading
from collections import deque

from localstack_engines.services.applicationautoscaling.models import (
    IN_PROGRESS,
    Activity,
    Policy,
    ScheduledAction,
    Target,
    TargetKey,
)

_ACTIVITIES_KEPT = 1000


class Store:
    """Holds the records. `lock` guards changes that consist of several steps."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.targets: dict[TargetKey, Target] = {}
        self.policies: dict[tuple[TargetKey, str], Policy] = {}
        """By target and name."""
        self.scheduled_actions: dict[tuple[TargetKey, str], ScheduledAction] = {}
        """By target and name."""
        self.activities: deque[Activity] = deque(maxlen=_ACTIVITIES_KEPT)
        """The newest one first."""

    def targets_in(self, account: str, region: str) -> list[Target]:
        found = list(self.targets.values())
        return [target for target in found if (target.key.account, target.key.region) == (account, region)]

    def target_by_arn(self, arn: str) -> Target | None:
        return next((target for target in list(self.targets.values()) if target.arn == arn), None)

    def policies_in(self, account: str, region: str) -> list[Policy]:
        found = list(self.policies.values())
        return [policy for policy in found if (policy.key.account, policy.key.region) == (account, region)]

    def policies_of(self, key: TargetKey) -> list[Policy]:
        return [policy for policy in list(self.policies.values()) if policy.key == key]

    def policy_by_arn(self, arn: str) -> Policy | None:
        return next((policy for policy in list(self.policies.values()) if policy.arn == arn), None)

    def actions_in(self, account: str, region: str) -> list[ScheduledAction]:
        found = list(self.scheduled_actions.values())
        return [action for action in found if (action.key.account, action.key.region) == (account, region)]

    def actions_of(self, key: TargetKey) -> list[ScheduledAction]:
        return [action for action in list(self.scheduled_actions.values()) if action.key == key]

    def activities_in(self, account: str, region: str) -> list[Activity]:
        found = list(self.activities)
        return [one for one in found if (one.key.account, one.key.region) == (account, region)]

    def activities_in_progress(self) -> list[Activity]:
        return [activity for activity in list(self.activities) if activity.status == IN_PROGRESS]
