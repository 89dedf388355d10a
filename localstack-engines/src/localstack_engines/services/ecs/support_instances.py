"""What the local ECS service does with the members of requests on container instances and capacity providers."""

from localstack_engines.toolkit.support import Members

_AT_ONCE = "an EC2 instance starts at once, so a group grows by one when a task finds no place"
_NO_MANAGED = "the operation refuses it: there are capacity providers of Auto Scaling groups only"
_FROM_EC2 = "the size comes from the instance's type in EC2"

CAPACITY_PROVIDERS = {
    "CreateCapacityProviderRequest": Members(
        "name autoScalingGroupProvider tags",
        ignored=dict.fromkeys(("cluster", "managedInstancesProvider"), _NO_MANAGED),
    ),
    "UpdateCapacityProviderRequest": Members(
        "name autoScalingGroupProvider", ignored=dict.fromkeys(("cluster", "managedInstancesProvider"), _NO_MANAGED)
    ),
    "AutoScalingGroupProvider": Members(
        "autoScalingGroupArn managedScaling managedTerminationProtection",
        ignored={"managedDraining": "the tasks of an instance are stopped when it ends"},
    ),
    "AutoScalingGroupProviderUpdate": Members(
        "managedScaling managedTerminationProtection",
        ignored={"managedDraining": "the tasks of an instance are stopped when it ends"},
    ),
    "ManagedScaling": Members(
        used="status",
        ignored=dict.fromkeys(
            "targetCapacity minimumScalingStepSize maximumScalingStepSize instanceWarmupPeriod".split(), _AT_ONCE
        ),
    ),
    "DeleteCapacityProviderRequest": Members("capacityProvider", ignored={"cluster": _NO_MANAGED}),
    "DescribeCapacityProvidersRequest": Members(
        used="capacityProviders include maxResults nextToken",
        ignored={"cluster": "the providers are those of every cluster"},
    ),
}

CONTAINER_INSTANCES = {
    "RegisterContainerInstanceRequest": Members(
        used="cluster instanceIdentityDocument attributes tags",
        ignored={
            "instanceIdentityDocumentSignature": "EC2 signs no documents here",
            "totalResources": _FROM_EC2,
            "versionInfo": "there is no agent whose version could matter",
            "platformDevices": "the operation on task definitions refuses devices",
        },
        only={"containerInstanceArn": ()},
    ),
    "DeregisterContainerInstanceRequest": Members("cluster containerInstance force"),
    "DescribeContainerInstancesRequest": Members("cluster containerInstances include"),
    "ListContainerInstancesRequest": Members("cluster filter status nextToken maxResults"),
    "UpdateContainerInstancesStateRequest": Members("cluster containerInstances status"),
    "UpdateContainerAgentRequest": Members("cluster containerInstance"),
    "PutAttributesRequest": Members("cluster attributes"),
    "DeleteAttributesRequest": Members("cluster attributes"),
    "ListAttributesRequest": Members("cluster targetType attributeName attributeValue nextToken maxResults"),
    "Attribute": Members("name value targetType targetId"),
}
