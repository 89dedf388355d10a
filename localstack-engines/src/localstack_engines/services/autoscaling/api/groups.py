"""Operations on groups. Moto keeps their records and starts and ends their instances in EC2's records."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.autoscaling.api.operations import Operations, Request, Response
from localstack_engines.services.autoscaling.errors import already_exists, resource_in_use, validation_error
from localstack_engines.toolkit.dispatch import moto

_LAUNCH = ("LaunchConfigurationName", "LaunchTemplate", "MixedInstancesPolicy", "InstanceId")


class GroupOperations(Operations):
    """Creates, updates, scales and deletes groups, and ends their instances."""

    def create_auto_scaling_group(self, context: RequestContext, request: Request) -> Response:
        name = request["AutoScalingGroupName"]
        if self.store.group(context.account_id, context.region, name) is not None:
            raise already_exists(
                f"AutoScalingGroup by this name already exists - A group with the name {name} already exists"
            )
        if sum(bool(request.get(member)) for member in _LAUNCH) != 1:
            raise validation_error(
                "Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or "
                "MixedInstancesPolicy parameter."
            )
        self._check_launch(context, request)
        _check_sizes(request["MinSize"], request["MaxSize"], request.get("DesiredCapacity"))
        return moto(context, "CreateAutoScalingGroup", request)

    def set_instance_protection(self, context: RequestContext, request: Request) -> Response:
        """Protects instances of a group that exists. The record is read when the group becomes smaller."""
        self.group(context, request)
        return moto(context, "SetInstanceProtection", request)

    def update_auto_scaling_group(self, context: RequestContext, request: Request) -> Response:
        group = self.group(context, request)
        self._check_launch(context, request)
        least, most = (
            given if (given := request.get(member)) is not None else current
            for member, current in (("MinSize", group.min_size), ("MaxSize", group.max_size))
        )
        desired = request.get("DesiredCapacity")
        _check_sizes(least, most, desired)
        if desired is None:
            # Moto would start instances only, and leave those above the new size.
            desired = min(max(group.desired_capacity, least), most)
        return moto(context, "UpdateAutoScalingGroup", {**request, "DesiredCapacity": desired})

    def set_desired_capacity(self, context: RequestContext, request: Request) -> Response:
        group = self.group(context, request)
        _check_sizes(group.min_size, group.max_size, request["DesiredCapacity"])
        return moto(context, "SetDesiredCapacity", request)

    def delete_auto_scaling_group(self, context: RequestContext, request: Request) -> Response:
        group = self.group(context, request)
        if group.instance_states and not request.get("ForceDelete"):
            raise resource_in_use(
                "You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) "
                "still in the group."
            )
        for state in group.instance_states:
            # Moto keeps protected instances, of a group that is gone.
            state.protected_from_scale_in = False
        return moto(context, "DeleteAutoScalingGroup", request)

    def terminate_instance_in_auto_scaling_group(self, context: RequestContext, request: Request) -> Response:
        name, decrement = request["InstanceId"], request["ShouldDecrementDesiredCapacity"]
        group = self.store.group_of_instance(context.account_id, context.region, name)
        if group is None:
            raise validation_error(f"Instance Id not found - No managed instance found for instance ID {name}")
        if decrement and group.desired_capacity <= group.min_size:
            raise validation_error(
                "Currently, desiredSize equals minSize. Terminating instance without replacement is not possible."
            )
        return moto(context, "TerminateInstanceInAutoScalingGroup", request)

    def _check_launch(self, context: RequestContext, request: Request) -> None:
        name = request.get("LaunchConfigurationName")
        if name and not self.store.has_launch_configuration(context.account_id, context.region, name):
            raise validation_error(
                f"Launch configuration name not found - A launch configuration with the name: {name} does not exist"
            )
        template: dict[str, Any] = request.get("LaunchTemplate") or {}
        if template and bool(template.get("LaunchTemplateId")) == bool(template.get("LaunchTemplateName")):
            raise validation_error("Valid requests must contain either launchTemplateId or LaunchTemplateName")


def _check_sizes(least: int, most: int, desired: int | None) -> None:
    if not 0 <= least <= most:
        raise validation_error(f"Max bound, {most}, must be greater than or equal to min bound, {least}")
    if desired is not None and not least <= desired <= most:
        raise validation_error(
            f"Desired capacity:{desired} must be between the specified min size:{least} and max size:{most}"
        )
