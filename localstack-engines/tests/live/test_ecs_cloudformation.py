"""ECS and Cloud Map in stacks: a stack is complete when its services are steady, and fails with the reason."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lab.ecs import IMAGE, ROLE, Json, Lab
from lab.stacks import DeployFailed, Stack
from lab.waiting import until


@pytest.fixture(scope="module")
def lab(aws: Callable[..., Any]) -> Iterator[Lab]:
    with Lab(aws) as lab:
        yield lab


def resources(lab: Lab, command: str, count: int = 1) -> Json:
    """Returns a cluster with one service that is registered in Cloud Map."""
    container = {
        "Name": "app",
        "Image": IMAGE,
        "Command": ["sh", "-c", command],
        "StopTimeout": 2,
        "PortMappings": [{"ContainerPort": 8080}],
        "DockerLabels": {"Kept.As-Is": "yes"},
        "LogConfiguration": {
            "LogDriver": "awslogs",
            "Options": {"awslogs-group": f"/{lab.name}", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "t"},
        },
    }
    breaker = {"Enable": True, "Rollback": True}
    return {
        "Cluster": {"Type": "AWS::ECS::Cluster", "Properties": {"Tags": [{"Key": "a", "Value": "b"}]}},
        "Definition": {
            "Type": "AWS::ECS::TaskDefinition",
            "Properties": {
                "ContainerDefinitions": [container],
                "Cpu": "256",
                "Memory": "512",
                "NetworkMode": "awsvpc",
                "RequiresCompatibilities": ["FARGATE"],
                "ExecutionRoleArn": ROLE,
            },
        },
        "Namespace": {
            "Type": "AWS::ServiceDiscovery::PrivateDnsNamespace",
            "Properties": {"Name": f"{lab.name}.local", "Vpc": lab.vpc},
        },
        "Discovery": {
            "Type": "AWS::ServiceDiscovery::Service",
            "Properties": {
                "Name": "web",
                "NamespaceId": {"Ref": "Namespace"},
                "DnsConfig": {"DnsRecords": [{"Type": "A", "TTL": "5"}, {"Type": "SRV", "TTL": 5}]},
                "HealthCheckCustomConfig": {"FailureThreshold": 1},
            },
        },
        "Service": {
            "Type": "AWS::ECS::Service",
            "Properties": {
                "Cluster": {"Ref": "Cluster"},
                "TaskDefinition": {"Ref": "Definition"},
                "DesiredCount": str(count),
                "LaunchType": "FARGATE",
                "DeploymentConfiguration": {"DeploymentCircuitBreaker": breaker, "MinimumHealthyPercent": 100},
                "NetworkConfiguration": {
                    "AwsvpcConfiguration": {"Subnets": [lab.subnet], "SecurityGroups": [lab.group]}
                },
                "ServiceRegistries": [
                    {"RegistryArn": {"Fn::GetAtt": ["Discovery", "Arn"]}, "ContainerName": "app", "ContainerPort": 8080}
                ],
            },
        },
    }


OUTPUTS = {
    "Cluster": {"Ref": "Cluster"},
    "ClusterArn": {"Fn::GetAtt": ["Cluster", "Arn"]},
    "Definition": {"Ref": "Definition"},
    "Service": {"Ref": "Service"},
    "ServiceName": {"Fn::GetAtt": ["Service", "Name"]},
    "Namespace": {"Ref": "Namespace"},
}


def service_of(lab: Lab, out: dict[str, str]) -> Json:
    return dict(lab.ecs.describe_services(cluster=out["Cluster"], services=[out["Service"]])["services"][0])


def _namespaces(lab: Lab) -> list[Json]:
    return [n for n in lab.sd.list_namespaces()["Namespaces"] if n["Name"] == f"{lab.name}.local"]


def test_create_update_roll_back_and_delete(lab: Lab, stack: Stack) -> None:
    out = stack.deploy(resources(lab, "sleep 3600"), OUTPUTS)
    service = service_of(lab, out)
    assert (service["runningCount"], service["deployments"][0]["rolloutState"]) == (1, "COMPLETED")
    assert out["Service"] == service["serviceArn"]
    assert out["ClusterArn"].endswith(f":cluster/{out['Cluster']}")
    instances = lab.sd.discover_instances(NamespaceName=f"{lab.name}.local", ServiceName="web")["Instances"]
    assert [i["Attributes"]["AWS_INSTANCE_PORT"] for i in instances] == ["8080"]
    definition = lab.ecs.describe_task_definition(taskDefinition=out["Definition"])["taskDefinition"]
    assert definition["containerDefinitions"][0]["dockerLabels"] == {"Kept.As-Is": "yes"}

    updated = stack.deploy(resources(lab, "sleep 3601", count=2), OUTPUTS)
    service = service_of(lab, updated)
    assert updated["Definition"] != out["Definition"]
    assert (service["taskDefinition"], service["runningCount"]) == (updated["Definition"], 2)

    with pytest.raises(DeployFailed) as failed:
        stack.deploy(resources(lab, "echo out of luck; exit 3", count=2), OUTPUTS)
    assert failed.value.status == "UPDATE_ROLLBACK_COMPLETE"
    reason = next(r for r in failed.value.failures if r.startswith("Service:"))
    assert "ECS Deployment Circuit Breaker was triggered" in reason
    assert "container app exited with code 3: out of luck" in reason
    running = lab.ecs.list_tasks(cluster=out["Cluster"])["taskArns"]
    assert len(running) == 2

    stack.delete()
    assert lab.ecs.describe_clusters(clusters=[out["Cluster"]])["clusters"][0]["status"] == "INACTIVE"
    stopped = lab.ec2.describe_network_interfaces(Filters=[{"Name": "subnet-id", "Values": [lab.subnet]}])
    assert stopped["NetworkInterfaces"] == []
    assert all(n["Id"] != out["Namespace"] for n in lab.sd.list_namespaces()["Namespaces"])


def test_a_service_that_crashes_at_start_fails_the_stack_with_its_output(lab: Lab, stack: Stack) -> None:
    with pytest.raises(DeployFailed) as failed:
        stack.deploy(resources(lab, "echo cannot find the database; exit 1"))
    assert failed.value.status == "ROLLBACK_COMPLETE"
    assert any("cannot find the database" in reason for reason in failed.value.failures)
    # A namespace can be deleted only after its services.
    until("Cloud Map to forget the stack's namespace", lambda: not _namespaces(lab))


def test_an_unsupported_property_fails(lab: Lab, stack: Stack) -> None:
    broken = resources(lab, "true", count=0)
    broken["Definition"]["Properties"]["ContainerDefinitions"][0]["NoSuchProperty"] = True
    with pytest.raises(DeployFailed, match="NoSuchProperty"):
        stack.deploy(broken)


def test_a_services_role_is_not_dropped(lab: Lab, stack: Stack) -> None:
    broken = resources(lab, "true", count=0)
    broken["Service"]["Properties"]["Role"] = "arn:aws:iam::000000000000:role/x"
    with pytest.raises(DeployFailed, match="not valid for services with the awsvpc network mode"):
        stack.deploy(broken)


def test_a_deletion_during_the_creation_leaves_no_service(lab: Lab, stack: Stack) -> None:
    template = json.dumps({"Resources": resources(lab, "sleep 3600")})
    stack_id = stack.client.create_stack(StackName=stack.name, TemplateBody=template)["StackId"]

    def services() -> list[str]:
        clusters = [arn for arn in lab.ecs.list_clusters()["clusterArns"] if f"/{stack.name}-" in arn]
        return [arn for cluster in clusters for arn in lab.ecs.list_services(cluster=cluster)["serviceArns"]]

    until("the service to be created", services)
    stack.client.delete_stack(StackName=stack.name)
    waiter = stack.client.get_waiter("stack_delete_complete")
    waiter.wait(StackName=stack_id, WaiterConfig={"Delay": 1, "MaxAttempts": 90})
    assert services() == []
    assert _namespaces(lab) == []


def test_settings_that_are_removed_from_a_service_go_back_to_the_default(lab: Lab, stack: Stack) -> None:
    least = resources(lab, "sleep 3600", count=0)
    configuration = least["Service"]["Properties"].pop("DeploymentConfiguration")
    more = resources(lab, "sleep 3600", count=0)
    more["Service"]["Properties"] |= {
        "DeploymentConfiguration": {**configuration, "MaximumPercent": 300, "MinimumHealthyPercent": 50},
        "EnableECSManagedTags": True,
        "PropagateTags": "SERVICE",
    }

    def deploy(template: Json) -> list[Any]:
        service = service_of(lab, stack.deploy(template, OUTPUTS))
        disabled = {"deploymentCircuitBreaker": {"enable": False, "rollback": False}}
        configuration = {**disabled, **service["deploymentConfiguration"]}
        return [configuration, service["enableECSManagedTags"], service["propagateTags"]]

    first = deploy(least)
    assert deploy(more) != first
    assert deploy(least) == first
