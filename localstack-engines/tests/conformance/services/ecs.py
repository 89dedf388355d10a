"""What the valid requests of ECS need."""

from typing import Any

from conformance import resources
from conformance.worlds import Json, World, unique
from lab.ecs import IMAGE
from lab.localstack import client
from lab.waiting import until


def world(implemented: set[str]) -> World:
    cluster, family, service, external, api = unique(), unique(), unique(), unique(), client("ecs")
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
    settings = {"launchType": "FARGATE", "networkConfiguration": network, "taskDefinition": family}
    launch, scale = {"cluster": cluster, **settings}, {"value": 50.0, "unit": "PERCENT"}

    def stopped(arns: list[str]) -> bool:
        return all(task["lastStatus"] == "STOPPED" for task in api.describe_tasks(cluster=cluster, tasks=arns)["tasks"])

    def task_sets(**more: Any) -> Json:
        """Returns a request about the task sets of a service, which it creates before the first one."""
        created = {"cluster": cluster, "serviceName": external, "desiredCount": 0, "clientToken": external}
        api.create_service(**created, deploymentController={"type": "EXTERNAL"})
        return {"cluster": cluster, "service": external, **more}

    def namespace(world: World) -> Json:
        cloud_map = client("servicediscovery")
        operation = cloud_map.create_http_namespace(Name=external)["OperationId"]
        until("the namespace", lambda: "Targets" in cloud_map.get_operation(OperationId=operation)["Operation"])
        return {"namespace": external}

    def without_tasks(world: World) -> Json:
        api.delete_service(cluster=cluster, service=external, force=True)
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
            "DescribeServiceDeployments": lambda world: {
                "serviceDeploymentArns": [world.known["serviceDeploymentArn"]]
            },
            "DescribeServiceRevisions": lambda world: {"serviceRevisionArns": [world.known["serviceRevisionArn"]]},
            "ListServicesByNamespace": namespace,
            "CreateTaskSet": lambda world: task_sets(**settings),
            "DescribeTaskSets": lambda world: task_sets(),
            "UpdateTaskSet": lambda world: task_sets(taskSet=world.known["taskSet"], scale=scale),
            "UpdateServicePrimaryTaskSet": lambda world: task_sets(primaryTaskSet=world.known["taskSet"]),
            "DeleteTaskSet": lambda world: task_sets(taskSet=world.known["taskSet"], force=True),
            "DescribeContainerInstances": {"cluster": cluster, "containerInstances": ["none"]},
            "UpdateContainerInstancesState": {"cluster": cluster, "containerInstances": ["none"], "status": "DRAINING"},
        },
        kept={
            "ListServiceDeployments": {
                "serviceDeploymentArn": "serviceDeployments.0.serviceDeploymentArn",
                "serviceRevisionArn": "serviceDeployments.0.targetServiceRevisionArn",
            },
            "CreateCluster": {"resourceArn": "cluster.clusterArn"},
            "RunTask": {"task": "tasks.0.taskArn"},
            "CreateTaskSet": {"taskSet": "taskSet.id"},
        },
        last=(
            "DeleteTaskSet",
            "DeleteService",
            "StopTask",
            "DeregisterTaskDefinition",
            "DeleteTaskDefinitions",
            "DeleteCluster",
        ),
        costly=frozenset(
            {"RunTask", "CreateService", "StartTask", "UpdateService", "CreateCluster", "RegisterTaskDefinition"}
        ),
        close=close,
    )
