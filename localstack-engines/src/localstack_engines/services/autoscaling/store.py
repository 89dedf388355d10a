"""Moto's records of Auto Scaling groups and launch configurations."""

from typing import Any


class Store:
    """Reads moto's records."""

    def group(self, account: str, region: str, name: str) -> Any | None:
        """Returns the record of a group by its name or ARN, or None."""
        return _backend(account, region).autoscaling_groups.get(name.rsplit("autoScalingGroupName/", 1)[-1])

    def groups(self, account: str, region: str) -> list[Any]:
        return list(_backend(account, region).autoscaling_groups.values())

    def has_launch_configuration(self, account: str, region: str, name: str) -> bool:
        return name in _backend(account, region).launch_configurations

    def group_of_instance(self, account: str, region: str, instance_id: str) -> Any | None:
        """Returns the record of the group that an EC2 instance belongs to, or None."""
        groups = self.groups(account, region)
        return next((g for g in groups if any(s.instance.id == instance_id for s in g.instance_states)), None)


def _backend(account: str, region: str) -> Any:
    # The import takes long and is not needed before the first request.
    from moto.autoscaling.models import autoscaling_backends

    return autoscaling_backends[account][region]
