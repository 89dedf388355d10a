"""What the local Auto Scaling service does with each operation and member of its API. See `toolkit/support.py`."""

from localstack_engines.toolkit.support import Members, Support

_READ = "the record that the plugin's own operations change"
_TAGS = "tags are records on AWS too"
_HOOK = "an instance is a record: nothing runs on it before or after its hook; ECS drains it when it ends"
_NO_METRICS = "instances have no metrics; ECS's managed scaling changes the capacity of a group"
_NO_BALANCERS = "targets are registered by ECS, not by a group"

_MOTO = {
    "CreateOrUpdateTags": _TAGS,
    "DeleteLifecycleHook": _HOOK,
    "DeleteTags": _TAGS,
    "DescribeAutoScalingGroups": _READ,
    "DescribeAutoScalingInstances": _READ,
    "DescribeLaunchConfigurations": _READ,
    "DescribeLifecycleHooks": _HOOK,
    "DescribeTags": _TAGS,
    "PutLifecycleHook": _HOOK,
}
"""Operations that moto answers, and why its record is all there is to them."""

_REFUSED = {
    "AttachLoadBalancers": _NO_BALANCERS,
    "AttachLoadBalancerTargetGroups": _NO_BALANCERS,
    "AttachTrafficSources": _NO_BALANCERS,
    "BatchPutScheduledUpdateGroupAction": "nothing changes a group at a time",
    "CompleteLifecycleAction": _HOOK,
    "EnableMetricsCollection": _NO_METRICS,
    "ExecutePolicy": _NO_METRICS,
    "PutNotificationConfiguration": "no notifications are sent",
    "PutScalingPolicy": _NO_METRICS,
    "PutScheduledUpdateGroupAction": "nothing changes a group at a time",
    "PutWarmPool": "an instance starts at once",
    "StartInstanceRefresh": "end the instances instead: the group starts new ones from its template",
}
"""Operations whose error gives a reason."""

_RECORD = "an instance is a record of EC2"
_SCALED = "AutoScalingGroupName LaunchConfigurationName LaunchTemplate MinSize MaxSize DesiredCapacity"
_IN_RECORD = "AvailabilityZones VPCZoneIdentifier NewInstancesProtectedFromScaleIn"
_IGNORED = dict.fromkeys(
    (
        "CapacityRebalance DefaultCooldown DefaultInstanceWarmup HealthCheckGracePeriod HealthCheckType "
        "MaxInstanceLifetime ServiceLinkedRoleARN TerminationPolicies AvailabilityZoneDistribution "
        "InstanceMaintenancePolicy"
    ).split(),
    _RECORD,
)

_MEMBERS = {
    "CreateAutoScalingGroupType": Members(f"{_SCALED} InstanceId", recorded=f"{_IN_RECORD} Tags", ignored=_IGNORED),
    "UpdateAutoScalingGroupType": Members(_SCALED, recorded=_IN_RECORD, ignored=_IGNORED),
    "LaunchTemplateSpecification": Members("LaunchTemplateId LaunchTemplateName", recorded="Version"),
    "Tag": Members(recorded="Key Value PropagateAtLaunch ResourceId ResourceType"),
    "SetDesiredCapacityType": Members(
        "AutoScalingGroupName DesiredCapacity", ignored={"HonorCooldown": "there is no cooldown"}
    ),
    "SetInstanceProtectionQuery": Members("AutoScalingGroupName", recorded="InstanceIds ProtectedFromScaleIn"),
    "DeleteAutoScalingGroupType": Members("AutoScalingGroupName ForceDelete"),
    "TerminateInstanceInAutoScalingGroupType": Members("InstanceId ShouldDecrementDesiredCapacity"),
    "CreateLaunchConfigurationType": Members(
        used="LaunchConfigurationName",
        recorded="ImageId InstanceType UserData SecurityGroups AssociatePublicIpAddress",
        ignored=dict.fromkeys(
            (
                "KeyName IamInstanceProfile BlockDeviceMappings InstanceMonitoring EbsOptimized MetadataOptions "
                "PlacementTenancy SpotPrice KernelId RamdiskId"
            ).split(),
            _RECORD,
        ),
    ),
    "LaunchConfigurationNameType": Members("LaunchConfigurationName"),
}
"""What becomes of the members of each structure in the requests of the operations that are the plugin's own."""

SUPPORT = Support("ValidationError", _MEMBERS, moto=_MOTO, refused=_REFUSED)
