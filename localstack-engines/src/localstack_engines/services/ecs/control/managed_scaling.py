"""Changes the capacity of the Auto Scaling groups of capacity providers, as ECS's managed scaling does.

An instance starts at once here, so a group grows when a task finds no place. It shrinks by an instance that had no task
for 15 minutes. Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/managed-scaling-behavior.html
"""

import logging
from datetime import timedelta
from typing import Any

from localstack_engines.services.ecs.control.task_clients import account_client
from localstack_engines.services.ecs.deployment_models import now
from localstack_engines.services.ecs.instance_models import CapacityProvider, ContainerInstance
from localstack_engines.services.ecs.store import Store

LOG = logging.getLogger(__name__)

_IDLE = timedelta(minutes=15)


class ManagedScaling:
    """Adds and removes instances of groups, and protects those with tasks."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def grow(self, provider: CapacityProvider) -> bool:
        """Adds an instance to the provider's group. Returns False if the group is as large as it may be."""
        client = account_client(provider.account, provider.region, "autoscaling")
        group = find_group(client, provider.group_name)
        if group is None or group["DesiredCapacity"] >= group["MaxSize"]:
            return False
        client.set_desired_capacity(
            AutoScalingGroupName=provider.group_name, DesiredCapacity=group["DesiredCapacity"] + 1
        )
        return True

    def tend(self, account: str, region: str) -> None:
        """Protects the instances with tasks, and removes those that have been without one for long."""
        for instance in self._store.instances_of(account, region):
            provider = self._store.provider(instance.scope, instance.capacity_provider or "")
            if provider is None or not instance.takes_tasks:
                continue
            try:
                self._protect(provider, instance)
                self._shrink(provider, instance)
            except Exception:
                # A group that was deleted, for instance, must not keep the others from being tended.
                LOG.exception("the instance %s of %s cannot be tended", instance.ec2_instance_id, provider.name)

    def _protect(self, provider: CapacityProvider, instance: ContainerInstance) -> None:
        has_tasks = bool(self._store.tasks_on(instance))
        if provider.group.get("managedTerminationProtection") != "ENABLED" or instance.is_protected == has_tasks:
            return
        client = account_client(provider.account, provider.region, "autoscaling")
        client.set_instance_protection(
            AutoScalingGroupName=provider.group_name,
            InstanceIds=[instance.ec2_instance_id],
            ProtectedFromScaleIn=has_tasks,
        )
        instance.is_protected = has_tasks

    def _shrink(self, provider: CapacityProvider, instance: ContainerInstance) -> None:
        if not provider.is_managed or self._store.tasks_on(instance) or now() - instance.idle_since < _IDLE:
            return
        client = account_client(provider.account, provider.region, "autoscaling")
        group = find_group(client, provider.group_name)
        if group is not None and group["DesiredCapacity"] > group["MinSize"]:
            LOG.info("the instance %s has had no task for long", instance.ec2_instance_id)
            client.terminate_instance_in_auto_scaling_group(
                InstanceId=instance.ec2_instance_id, ShouldDecrementDesiredCapacity=True
            )


def find_group(client: Any, name: str) -> dict[str, Any] | None:
    """Returns Auto Scaling's description of a group, or None."""
    found = client.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
    return dict(found[0]) if found else None
