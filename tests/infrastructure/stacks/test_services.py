"""Fargate services: how they roll, what they wait for, how they are found."""

from __future__ import annotations

from typing import Any

from cdk_app.catalogue import GRPC_PORT, HTTP_PORT, SERVICES
from tests.infrastructure.synthesis import Synthesis


def _task_definitions(synthesis: Synthesis) -> dict[str, dict[str, Any]]:
    """By service name."""
    prefix = f"{synthesis.config.prefix}-"
    definitions = synthesis.of_type("AWS::ECS::TaskDefinition").values()
    return {
        definition["Properties"]["Family"].removeprefix(prefix): definition["Properties"] for definition in definitions
    }


def _containers(definition: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {container["Name"]: container for container in definition["ContainerDefinitions"]}


def test_one_service_an_entry_of_the_catalogue(stage: Synthesis) -> None:
    services = stage.of_type("AWS::ECS::Service").values()
    names = sorted(service["Properties"]["ServiceName"] for service in services)
    assert names == sorted(service.name for service in stage.config.services)


def test_services_roll_without_losing_capacity_and_roll_back(stage: Synthesis) -> None:
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
    for name, definition in _task_definitions(stage).items():
        containers = _containers(definition)
        assert containers.keys() == {name, "migrate"}
        assert containers["migrate"]["Essential"] is False
        assert containers["migrate"]["Command"] == ["migrate"]
        assert containers["migrate"]["Image"] == containers[name]["Image"]
        assert containers[name]["Essential"] is True
        assert containers[name]["DependsOn"] == [{"Condition": "SUCCESS", "ContainerName": "migrate"}]
        assert containers[name]["HealthCheck"]["Command"] == ["CMD", "healthcheck"]


def test_tasks_are_found_by_address_and_by_port(stage: Synthesis) -> None:
    for registry in stage.of_type("AWS::ServiceDiscovery::Service").values():
        records = registry["Properties"]["DnsConfig"]["DnsRecords"]
        assert [record["Type"] for record in records] == ["A", "SRV"]
    for service in stage.of_type("AWS::ECS::Service").values():
        properties = service["Properties"]
        (registration,) = properties["ServiceRegistries"]
        assert registration["ContainerName"] == properties["ServiceName"]
        assert registration["ContainerPort"] == HTTP_PORT


def test_grpc_callers_are_told_where_to_call(prod_stage: Synthesis) -> None:
    definitions = _task_definitions(prod_stage)
    for service in SERVICES.values():
        variables = {
            variable["Name"]: variable["Value"]
            for variable in _containers(definitions[service.name])[service.name]["Environment"]
        }
        for called in service.calls:
            assert variables[f"{called.upper()}_GRPC_TARGET"] == f"dns:///{called}.pms-prod.local:{GRPC_PORT}"
            assert SERVICES[called].serves_grpc


def test_production_scales_and_is_watched(prod_stage: Synthesis) -> None:
    services = len(prod_stage.config.services)
    assert len(prod_stage.of_type("AWS::ApplicationAutoScaling::ScalableTarget")) == services
    alarms = prod_stage.of_type("AWS::CloudWatch::Alarm").values()
    assert len(alarms) == 4 * services + 2
    assert all(alarm["Properties"]["AlarmActions"] for alarm in alarms)


def test_brokers_authenticate_in_production(prod_stage: Synthesis) -> None:
    cluster = prod_stage.one("AWS::MSK::Cluster")
    assert cluster["ClientAuthentication"]["Sasl"]["Iam"]["Enabled"] is True
    assert cluster["ClientAuthentication"]["Unauthenticated"]["Enabled"] is False
    assert cluster["EncryptionInfo"]["EncryptionInTransit"]["ClientBroker"] == "TLS"
    for definition in _task_definitions(prod_stage).values():
        for container in definition["ContainerDefinitions"]:
            assert {"Name": "KAFKA_SECURITY", "Value": "SASL_IAM"} in container["Environment"]
