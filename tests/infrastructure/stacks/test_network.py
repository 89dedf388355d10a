"""The VPC and who may talk to whom in it."""

from __future__ import annotations

from typing import Any

from tests.infrastructure.synthesis import Synthesis


def _description_of(synthesis: Synthesis, reference: dict[str, Any]) -> str:
    """What the security group that `reference` points to is for."""
    logical_id = reference["Fn::GetAtt"][0]
    return str(synthesis.templates["network"]["Resources"][logical_id]["Properties"]["GroupDescription"])


def _connections(synthesis: Synthesis) -> set[tuple[str, str, int]]:
    """(from, to, port) of every rule that lets one group in from another."""
    rules = [rule["Properties"] for rule in synthesis.of_type("AWS::EC2::SecurityGroupIngress").values()]
    return {
        (
            _description_of(synthesis, rule["SourceSecurityGroupId"]),
            _description_of(synthesis, rule["GroupId"]),
            rule["FromPort"],
        )
        for rule in rules
    }


def test_a_database_lets_in_its_own_service_only(stage: Synthesis) -> None:
    to_databases = {(source, to) for source, to, _ in _connections(stage) if to.startswith("Database of")}
    assert to_databases == {
        (f"Tasks of {service.name}", f"Database of {service.name}") for service in stage.config.services
    }


def test_services_are_reached_by_the_api_and_by_their_grpc_callers(prod_stage: Synthesis) -> None:
    to_tasks = {connection for connection in _connections(prod_stage) if connection[1].startswith("Tasks of")}
    link = "The HTTP API on its way into the VPC"
    http = {(link, f"Tasks of {service.name}", 8080) for service in prod_stage.config.services}
    assert to_tasks == http | {
        ("Tasks of patient", "Tasks of billing", 50051),
        ("Tasks of appointment", "Tasks of patient", 50051),
    }


def test_no_group_lets_the_world_in(stage: Synthesis) -> None:
    for name, group in stage.of_type("AWS::EC2::SecurityGroup").items():
        for rule in group["Properties"].get("SecurityGroupIngress", []):
            assert rule.get("CidrIp") == stage.config.network.cidr, name


def test_there_is_no_way_out_but_endpoints(stage: Synthesis) -> None:
    for kind in ("AWS::EC2::InternetGateway", "AWS::EC2::NatGateway"):
        assert stage.of_type(kind) == {}


def test_production_is_locked_down(prod_stage: Synthesis) -> None:
    assert len(prod_stage.of_type("AWS::EC2::FlowLog")) == 1
    assert len(prod_stage.of_type("Custom::VpcRestrictDefaultSG")) == 1
    endpoints = [endpoint["Properties"] for endpoint in prod_stage.of_type("AWS::EC2::VPCEndpoint").values()]
    names = {str(endpoint["ServiceName"]).rsplit(".", maxsplit=1)[-1].rstrip("'}]") for endpoint in endpoints}
    assert {"api", "dkr", "logs", "secretsmanager", "kms", "kafka", "email", "sns", "s3"} <= names
