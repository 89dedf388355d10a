"""Changes the capacity of targets, and follows each change until the service has done it."""

import logging

from botocore.exceptions import ClientError

from localstack_engines.services.applicationautoscaling.control import ecs_services
from localstack_engines.services.applicationautoscaling.models import (
    FAILED,
    IN_PROGRESS,
    SUCCESSFUL,
    Activity,
    Target,
    TargetKey,
)
from localstack_engines.services.applicationautoscaling.store import Store

LOG = logging.getLogger(__name__)


class Capacity:
    """Sets desired counts, and records the activities that DescribeScalingActivities shows."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def set(self, key: TargetKey, count: int, cause: str) -> bool:
        """Sets the desired count, and returns whether the service took it."""
        status, message = (
            IN_PROGRESS,
            f"Successfully set desired count to {count}. Waiting for change to be fulfilled by ecs.",
        )
        activity = Activity(key, count, cause, status, message)
        try:
            ecs_services.set_desired(key, count)
        except ClientError as error:
            LOG.warning("%s cannot be scaled to %d: %s", key.resource_id, count, error)
            activity.finish(FAILED, f"Failed to set desired count to {count}. Reason: {error}.")
        self._store.activities.appendleft(activity)
        return activity.status != FAILED

    def bring_within_limits(self, target: Target) -> None:
        """Changes a desired count that is below the minimum or above the maximum of its target."""
        counts = ecs_services.counts(target.key)
        if counts is None or target.clamped(counts.desired) == counts.desired:
            return
        limit = "minimum" if counts.desired < target.minimum else "maximum"
        count = target.clamped(counts.desired)
        self.set(target.key, count, f"{limit} capacity was set to {count}")

    def follow(self) -> None:
        """Ends the activities whose services have as many running tasks as they are to have."""
        for activity in self._store.activities_in_progress():
            counts = ecs_services.counts(activity.key)
            if counts is None:
                activity.finish(FAILED, "Failed to fulfill the change. Reason: the service does not exist.")
            elif counts.desired != activity.wanted:
                activity.finish("Overridden", f"The desired count was set to {counts.desired} by another change.")
            elif counts.running == activity.wanted:
                done = f"Successfully set desired count to {activity.wanted}. Change successfully fulfilled by ecs."
                activity.finish(SUCCESSFUL, done)
