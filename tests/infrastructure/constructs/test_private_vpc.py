"""The VPC."""

from __future__ import annotations

from tests.infrastructure.synthesis import Synthesis


def test_the_vpc_has_no_gateway_to_the_internet(stage: Synthesis) -> None:
    for resource_type in ("AWS::EC2::InternetGateway", "AWS::EC2::NatGateway"):
        assert stage.of_type(resource_type) == {}


def test_production_has_flow_logs_endpoints_and_an_empty_default_security_group(prod_stage: Synthesis) -> None:
    assert len(prod_stage.of_type("AWS::EC2::FlowLog")) == 1
    assert len(prod_stage.of_type("Custom::VpcRestrictDefaultSG")) == 1
    endpoints = [endpoint["Properties"] for endpoint in prod_stage.of_type("AWS::EC2::VPCEndpoint").values()]
    names = {str(endpoint["ServiceName"]).rsplit(".", maxsplit=1)[-1].rstrip("'}]") for endpoint in endpoints}
    assert {"api", "dkr", "logs", "secretsmanager", "kms", "kafka", "email", "sns", "s3"} <= names
