"""Auto Scaling groups whose instances join a cluster, and tasks on them."""

import base64
from collections.abc import Callable
from types import TracebackType
from typing import Any

from lab.ecs import IMAGE, Json, Lab
from lab.waiting import until


class InstanceLab(Lab):
    """A lab whose cluster gets container instances. Removes its groups at the end."""

    def __init__(self, aws: Callable[..., Any]) -> None:
        super().__init__(aws)
        self.autoscaling = aws("autoscaling")
        self.groups: list[str] = []

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for group in self.groups:
            self.autoscaling.delete_auto_scaling_group(AutoScalingGroupName=group, ForceDelete=True)
        until("the instances to go", lambda: not self.instances())
        super().__exit__(kind, error, trace)
        for group in self.groups:
            self.ec2.delete_launch_template(LaunchTemplateName=group)

    def grow(self, name: str, size: int, most: int = 3, **more: Any) -> str:
        """Creates a group whose instances join the cluster, and returns its ARN."""
        name = f"{self.name}-{name}"
        user_data = f"#!/bin/bash\necho ECS_CLUSTER={self.name} >> /etc/ecs/ecs.config\n"
        self.ec2.create_launch_template(
            LaunchTemplateName=name,
            LaunchTemplateData={
                "ImageId": "ami-12345678",
                "InstanceType": "t3.small",
                "UserData": base64.b64encode(user_data.encode()).decode(),
            },
        )
        self.groups.append(name)
        self.autoscaling.create_auto_scaling_group(
            AutoScalingGroupName=name,
            LaunchTemplate={"LaunchTemplateName": name},
            MinSize=0,
            MaxSize=most,
            DesiredCapacity=size,
            VPCZoneIdentifier=self.subnet,
            **more,
        )
        [group] = self.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
        return str(group["AutoScalingGroupARN"])

    def resize(self, name: str, size: int) -> None:
        self.autoscaling.set_desired_capacity(AutoScalingGroupName=f"{self.name}-{name}", DesiredCapacity=size)

    def instances(self, **filters: Any) -> list[Json]:
        arns = self.ecs.list_container_instances(cluster=self.name, **filters)["containerInstanceArns"]
        if not arns:
            return []
        found = self.ecs.describe_container_instances(cluster=self.name, containerInstances=arns)
        return list(found["containerInstances"])

    def autoscaling_instances(self) -> list[Json]:
        """Returns Auto Scaling's descriptions of the instances of the groups."""
        found = self.autoscaling.describe_auto_scaling_instances()["AutoScalingInstances"]
        return [one for one in found if one["AutoScalingGroupName"] in self.groups]

    def register_for_ec2(
        self, command: str, mode: str = "bridge", volumes: list[Json] | None = None, **container: Any
    ) -> str:
        """Registers a task definition for container instances and returns its ARN."""
        definition = {"name": "app", "image": IMAGE, "command": ["sh", "-c", command], "memory": 128, "stopTimeout": 1}
        response = self.ecs.register_task_definition(
            family=f"{self.name}-{mode}",
            requiresCompatibilities=["EC2"],
            networkMode=mode,
            volumes=volumes or [],
            containerDefinitions=[{**definition, **container}],
        )
        return str(response["taskDefinition"]["taskDefinitionArn"])

    def run_on_ec2(self, definition: str, **more: Any) -> Json:
        """Runs tasks with the launch type EC2 and returns the response."""
        return dict(self.ecs.run_task(cluster=self.name, taskDefinition=definition, launchType="EC2", **more))


def remaining(instance: Json) -> dict[str, Any]:
    """Returns the remaining resources of an instance by name."""
    return {r["name"]: r.get("integerValue", r.get("stringSetValue")) for r in instance["remainingResources"]}
