"""What the valid requests of Application Auto Scaling need."""

from conformance import resources
from conformance.worlds import Json, World, unique
from lab.localstack import client


def world(implemented: set[str]) -> World:
    ecs, name = client("ecs"), unique()
    container = {"name": "a", "image": "none", "memory": 128}
    ecs.create_cluster(clusterName=name)
    ecs.register_task_definition(family=name, containerDefinitions=[container])
    ecs.create_service(cluster=name, serviceName=name, taskDefinition=name, desiredCount=0, launchType="EC2")
    target = {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{name}/{name}",
        "ScalableDimension": "ecs:service:DesiredCount",
    }
    policy = {**target, "PolicyName": "p"}
    action = {**target, "ScheduledActionName": "a"}
    steps = {"AdjustmentType": "ChangeInCapacity", "StepAdjustments": [{"ScalingAdjustment": 1}]}

    def close(world: World) -> None:
        resources.quietly(ecs.delete_service, cluster=name, service=name, force=True)
        resources.quietly(ecs.delete_cluster, cluster=name)

    def of_arn(world: World) -> Json:
        return {"ResourceARN": world.known["ResourceARN"]}

    return World(
        implemented,
        known={**target, "PolicyName": "p", "ScheduledActionName": "a"},
        calls={
            "RegisterScalableTarget": {**target, "MinCapacity": 0, "MaxCapacity": 1},
            "PutScalingPolicy": {**policy, "StepScalingPolicyConfiguration": steps},
            "PutScheduledAction": {
                **action,
                "Schedule": "cron(0 12 ? * MON-FRI *)",
                "ScalableTargetAction": {"MinCapacity": 0},
            },
            "TagResource": lambda world: {**of_arn(world), "Tags": {"a": "b"}},
            "ListTagsForResource": of_arn,
            "UntagResource": lambda world: {**of_arn(world), "TagKeys": ["a"]},
            "DescribeScalableTargets": {"ServiceNamespace": "ecs"},
            "DescribeScalingPolicies": {"ServiceNamespace": "ecs"},
            "DescribeScheduledActions": {"ServiceNamespace": "ecs"},
            "DescribeScalingActivities": {"ServiceNamespace": "ecs"},
        },
        kept={"RegisterScalableTarget": {"ResourceARN": "ScalableTargetARN"}},
        last=("DeleteScheduledAction", "DeleteScalingPolicy", "DeregisterScalableTarget"),
        close=close,
    )
