"""What the valid requests of ECS need."""

from conformance import resources
from conformance.worlds import Json, World, unique
from lab.ecs import IMAGE
from lab.localstack import client
from lab.waiting import until


def world(implemented: set[str]) -> World:
    cluster, family, service, api = unique(), unique(), unique(), client("ecs")
    vpc = resources.vpc("10.202.0.0/16")
    subnet = client("ec2").create_subnet(VpcId=vpc, CidrBlock="10.202.16.0/20")["Subnet"]["SubnetId"]
    network = {"awsvpcConfiguration": {"subnets": [subnet]}}
    definition = {
        "family": family,
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "containerDefinitions": [{"name": "app", "image": IMAGE, "command": ["sleep", "60"], "stopTimeout": 2}],
    }
    launch = {"cluster": cluster, "launchType": "FARGATE", "networkConfiguration": network, "taskDefinition": family}

    def stopped(arns: list[str]) -> bool:
        return all(task["lastStatus"] == "STOPPED" for task in api.describe_tasks(cluster=cluster, tasks=arns)["tasks"])

    def without_tasks(world: World) -> Json:
        until("the task to stop", lambda: stopped([world.known["task"]]))
        return {"cluster": cluster}

    def close(world: World) -> None:
        resources.quietly(api.delete_cluster, cluster=cluster)
        client("ec2").delete_subnet(SubnetId=subnet)
        resources.remove_vpc(vpc)

    return World(
        implemented,
        known={
            "cluster": cluster,
            "clusters": [cluster],
            "service": service,
            "services": [service],
            "taskDefinition": family,
        },
        calls={
            "CreateCluster": {"clusterName": cluster},
            "RegisterTaskDefinition": definition,
            "CreateService": {**launch, "serviceName": service, "desiredCount": 0},
            "RunTask": launch,
            "UpdateService": {"cluster": cluster, "service": service, "desiredCount": 0},
            "DescribeServices": {"cluster": cluster, "services": [service]},
            "ListServices": {"cluster": cluster},
            "ListTasks": {"cluster": cluster},
            "ExecuteCommand": lambda world: {
                "cluster": cluster,
                "task": world.known["task"],
                "command": "true",
                "interactive": True,
            },
            "StartTask": {"cluster": cluster, "taskDefinition": family, "containerInstances": ["none"]},
            "ListContainerInstances": {"cluster": cluster},
            "DescribeTasks": lambda world: {"cluster": cluster, "tasks": [world.known["task"]]},
            "UpdateCluster": {"cluster": cluster},
            "PutClusterCapacityProviders": {
                "cluster": cluster,
                "capacityProviders": ["FARGATE"],
                "defaultCapacityProviderStrategy": [],
            },
            "PutAccountSetting": {"name": "containerInsights", "value": "enabled"},
            "PutAccountSettingDefault": {"name": "containerInsights", "value": "enabled"},
            "DeleteAccountSetting": {"name": "containerInsights"},
            "TagResource": lambda world: {
                "resourceArn": world.known["resourceArn"],
                "tags": [{"key": "a", "value": "b"}],
            },
            "UpdateClusterSettings": {
                "cluster": cluster,
                "settings": [{"name": "containerInsights", "value": "enabled"}],
            },
            "ListAttributes": {"cluster": cluster, "targetType": "container-instance"},
            "DeregisterTaskDefinition": {"taskDefinition": f"{family}:1"},
            "DeleteTaskDefinitions": {"taskDefinitions": [f"{family}:1"]},
            "DeleteService": {"cluster": cluster, "service": service, "force": True},
            "StopTask": lambda world: {"cluster": cluster, "task": world.known["task"]},
            "DeleteCluster": without_tasks,
            "GetTaskProtection": {"cluster": cluster},
            "UpdateTaskProtection": lambda world: {
                "cluster": cluster,
                "tasks": [world.known["task"]],
                "protectionEnabled": False,
            },
            "ListServiceDeployments": {"cluster": cluster, "service": service},
        },
        kept={
            "CreateCluster": {"resourceArn": "cluster.clusterArn"},
            "RunTask": {"task": "tasks.0.taskArn"},
            "ListServiceDeployments": {"serviceDeploymentArns": "serviceDeployments.0.serviceDeploymentArn"},
        },
        last=("DeleteService", "StopTask", "DeregisterTaskDefinition", "DeleteTaskDefinitions", "DeleteCluster"),
        costly=frozenset(
            {"RunTask", "CreateService", "StartTask", "UpdateService", "CreateCluster", "RegisterTaskDefinition"}
        ),
        close=close,
    )
