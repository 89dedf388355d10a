"""What the valid requests on container instances and capacity providers need."""

import json
from dataclasses import dataclass

from conformance import resources
from conformance.worlds import Json, World
from lab.localstack import client


@dataclass(frozen=True)
class Capacity:
    """An EC2 instance for the cluster, and an Auto Scaling group with the name of the capacity provider."""

    cluster: str
    subnet: str
    provider: str

    def instance(self, world: World) -> Json:
        """Returns the request of an agent on an EC2 instance, which it starts."""
        made = client("ec2").run_instances(
            ImageId="ami-1", InstanceType="t3.small", MinCount=1, MaxCount=1, SubnetId=self.subnet
        )["Instances"][0]["InstanceId"]
        return {"cluster": self.cluster, "instanceIdentityDocument": json.dumps({"instanceId": made})}

    def group(self, world: World) -> Json:
        """Returns the request for a capacity provider, whose group it creates."""
        scaling, name = client("autoscaling"), self.provider
        scaling.create_launch_configuration(LaunchConfigurationName=name, ImageId="ami-1", InstanceType="t3.small")
        scaling.create_auto_scaling_group(
            AutoScalingGroupName=name,
            LaunchConfigurationName=name,
            MinSize=0,
            MaxSize=1,
            VPCZoneIdentifier=self.subnet,
        )
        [made] = scaling.describe_auto_scaling_groups(AutoScalingGroupNames=[name])["AutoScalingGroups"]
        return {"name": name, "autoScalingGroupProvider": {"autoScalingGroupArn": made["AutoScalingGroupARN"]}}

    def attribute(self, world: World) -> Json:
        """Returns a request about an attribute of the registered instance."""
        return {"cluster": self.cluster, "attributes": [{"name": "a", "targetId": world.known["containerInstance"]}]}

    def close(self) -> None:
        scaling = client("autoscaling")
        resources.quietly(scaling.delete_auto_scaling_group, AutoScalingGroupName=self.provider)
        resources.quietly(scaling.delete_launch_configuration, LaunchConfigurationName=self.provider)
        ec2 = client("ec2")
        found = ec2.describe_instances(Filters=[{"Name": "subnet-id", "Values": [self.subnet]}])["Reservations"]
        ids = [instance["InstanceId"] for reservation in found for instance in reservation["Instances"]]
        resources.quietly(ec2.terminate_instances, InstanceIds=ids)
