"""What the valid requests of ECS need."""

from typing import Any

from conformance import resources
from conformance.services import ecs_express
from conformance.services.ecs_capacity import Capacity
from conformance.worlds import Json, World, unique
from lab.ecs import IMAGE
from lab.localstack import client
from lab.waiting import until


def world(implemented: set[str]) -> World:
    cluster, family, service, external, api = unique(), unique(), unique(), unique(), client("ecs")
    provider, stopped_service = unique("provider"), unique()
    vpc = resources.vpc("10.202.0.0/16")
    subnet, other_subnet = resources.two_subnets(vpc, "10.202")
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

    capacity = Capacity(cluster, subnet, provider)

    def running(world: World) -> Json:
        task = world.known["task"]
        arguments = {"cluster": cluster, "tasks": [task]}
        until("the task to run", lambda: api.describe_tasks(**arguments)["tasks"][0]["lastStatus"] == "RUNNING")
        return {"cluster": cluster, "task": task, "command": "true", "interactive": True}

    def deployment(world: World) -> Json:
        """Returns the request to stop the deployment of a service, which it creates."""
        api.create_service(**launch, serviceName=stopped_service, desiredCount=1, clientToken=stopped_service)
        [made] = api.list_service_deployments(cluster=cluster, service=stopped_service)["serviceDeployments"]
        return {"serviceDeploymentArn": made["serviceDeploymentArn"], "stopType": "ABORT"}

    def without_tasks(world: World) -> Json:
        for name in (external, stopped_service):
            api.delete_service(cluster=cluster, service=name, force=True)
        until("no service", lambda: not api.list_services(cluster=cluster)["serviceArns"])
        known = {"cluster": cluster, "desiredStatus": "STOPPED"}
        until("no running task", lambda: not api.list_tasks(cluster=cluster)["taskArns"])
        until("all tasks to stop", lambda: stopped(api.list_tasks(**known)["taskArns"]))
        return {"cluster": cluster}

    def close(world: World) -> None:
        resources.quietly(api.delete_cluster, cluster=cluster)
        capacity.close()
        for one in (subnet, other_subnet):
            client("ec2").delete_subnet(SubnetId=one)
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
            "RunTask": {**launch, "enableExecuteCommand": True},
            "RegisterContainerInstance": capacity.instance,
            "CreateCapacityProvider": capacity.group,
            "UpdateService": {"cluster": cluster, "service": service, "desiredCount": 0},
            "DescribeServices": {"cluster": cluster, "services": [service]},
            "ListServices": {"cluster": cluster},
            "ListTasks": {"cluster": cluster},
            "ExecuteCommand": running,
            "StartTask": lambda world: {
                "cluster": cluster,
                "taskDefinition": family,
                "containerInstances": [world.known["containerInstance"]],
                "networkConfiguration": network,
            },
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
            "DescribeContainerInstances": lambda world: {
                "cluster": cluster,
                "containerInstances": [world.known["containerInstance"]],
            },
            "UpdateContainerInstancesState": lambda world: {
                "cluster": cluster,
                "containerInstances": [world.known["containerInstance"]],
                "status": "ACTIVE",
            },
            "UpdateContainerAgent": lambda world: {
                "cluster": cluster,
                "containerInstance": world.known["containerInstance"],
            },
            "PutAttributes": capacity.attribute,
            "DeleteAttributes": capacity.attribute,
            "UpdateCapacityProvider": {
                "name": provider,
                "autoScalingGroupProvider": {"managedScaling": {"status": "DISABLED"}},
            },
            "StopServiceDeployment": deployment,
            "DeregisterContainerInstance": lambda world: {
                "cluster": cluster,
                "containerInstance": world.known["containerInstance"],
                "force": True,
            },
            "DeleteCapacityProvider": {"capacityProvider": provider},
            **ecs_express.calls(cluster, [subnet, other_subnet]),
        },
        kept={
            "ListServiceDeployments": {
                "serviceDeploymentArn": "serviceDeployments.0.serviceDeploymentArn",
                "serviceRevisionArn": "serviceDeployments.0.targetServiceRevisionArn",
            },
            "CreateCluster": {"resourceArn": "cluster.clusterArn"},
            "RunTask": {"task": "tasks.0.taskArn"},
            "RegisterContainerInstance": {"containerInstance": "containerInstance.containerInstanceArn"},
            "CreateExpressGatewayService": {"serviceArn": "service.serviceArn"},
            "CreateTaskSet": {"taskSet": "taskSet.id"},
        },
        last=(
            "DeleteTaskSet",
            "DeleteExpressGatewayService",
            "DeleteService",
            "StopTask",
            "DeregisterContainerInstance",
            "DeleteCapacityProvider",
            "DeregisterTaskDefinition",
            "DeleteTaskDefinitions",
            "DeleteCluster",
        ),
        costly=frozenset(
            {
                "RunTask",
                "CreateService",
                "StartTask",
                "UpdateService",
                "CreateCluster",
                "RegisterTaskDefinition",
                "CreateExpressGatewayService",
            }
        ),
        close=close,
    )
