"""The security groups: which connections they allow."""

from __future__ import annotations

from typing import Any

from cdk_app.catalogue import SERVICES
from tests.infrastructure.synthesis import Synthesis


def _description_of(synthesis: Synthesis, reference: dict[str, Any]) -> str:
    """Returns the description of the security group that `reference` points to."""
    logical_id = reference["Fn::GetAtt"][0]
    return str(synthesis.templates["network"]["Resources"][logical_id]["Properties"]["GroupDescription"])


def _connections(synthesis: Synthesis) -> set[tuple[str, str, int]]:
    """Returns (from, to, port) of every rule that allows connections between two groups."""
    rules = [rule["Properties"] for rule in synthesis.of_type("AWS::EC2::SecurityGroupIngress").values()]
    return {
        (
            _description_of(synthesis, rule["SourceSecurityGroupId"]),
            _description_of(synthesis, rule["GroupId"]),
            rule["FromPort"],
        )
        for rule in rules
    }


def test_a_database_accepts_only_its_own_service(stage: Synthesis) -> None:
    to_databases = {(source, to) for source, to, _ in _connections(stage) if to.startswith("Database of")}
    assert to_databases == {(f"Tasks of {name}", f"Database of {name}") for name in SERVICES}


def test_services_accept_the_api_and_their_grpc_callers(prod_stage: Synthesis) -> None:
    to_tasks = {connection for connection in _connections(prod_stage) if connection[1].startswith("Tasks of")}
    link = "The HTTP API on its way into the VPC"
    http = {(link, f"Tasks of {name}", 8080) for name in SERVICES}
    assert to_tasks == http | {
        ("Tasks of patient", "Tasks of appointment", 50051),
        ("Tasks of patient", "Tasks of billing", 50051),
        ("Tasks of appointment", "Tasks of patient", 50051),
    }


def test_no_group_accepts_addresses_outside_the_vpc(stage: Synthesis) -> None:
    for name, group in stage.of_type("AWS::EC2::SecurityGroup").items():
        for rule in group["Properties"].get("SecurityGroupIngress", []):
            assert rule.get("CidrIp") == stage.config.network.cidr, name
