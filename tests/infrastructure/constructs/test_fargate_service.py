"""A service on ECS: how it deploys, what it waits for, how it is registered."""

from __future__ import annotations

from cdk_app.catalogue import HTTP_PORT
from tests.infrastructure.synthesis import Synthesis


def test_deployments_keep_the_capacity_and_roll_back(stage: Synthesis) -> None:
    for service in stage.of_type("AWS::ECS::Service").values():
        configuration = service["Properties"]["DeploymentConfiguration"]
        assert configuration["MinimumHealthyPercent"] == 100
        assert configuration["MaximumPercent"] == 200
        assert configuration["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}


def test_tasks_have_no_public_address(stage: Synthesis) -> None:
    for service in stage.of_type("AWS::ECS::Service").values():
        network = service["Properties"]["NetworkConfiguration"]["AwsvpcConfiguration"]
        assert network["AssignPublicIp"] == "DISABLED"
        assert len(network["Subnets"]) == len(stage.config.network.zones)


def test_the_service_waits_for_its_migration(stage: Synthesis) -> None:
    for name, definition in stage.task_definitions().items():
        containers = {container["Name"]: container for container in definition["ContainerDefinitions"]}
        assert containers.keys() == {name, "migrate"}
        assert containers["migrate"]["Essential"] is False
        assert containers["migrate"]["Command"] == ["migrate"]
        assert containers["migrate"]["Image"] == containers[name]["Image"]
        assert containers[name]["Essential"] is True
        assert containers[name]["DependsOn"] == [{"Condition": "SUCCESS", "ContainerName": "migrate"}]
        assert containers[name]["HealthCheck"]["Command"] == ["CMD", "healthcheck"]


def test_tasks_are_registered_by_address_and_port(stage: Synthesis) -> None:
    for registry in stage.of_type("AWS::ServiceDiscovery::Service").values():
        records = registry["Properties"]["DnsConfig"]["DnsRecords"]
        assert [record["Type"] for record in records] == ["A", "SRV"]
    for service in stage.of_type("AWS::ECS::Service").values():
        properties = service["Properties"]
        (registration,) = properties["ServiceRegistries"]
        assert registration["ContainerName"] == properties["ServiceName"]
        assert registration["ContainerPort"] == HTTP_PORT
