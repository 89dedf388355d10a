"""The VPC."""

from __future__ import annotations

from services.common import aws
from tests.infrastructure.synthesis import Synthesis


def test_the_vpc_has_no_gateway_to_the_internet(stage: Synthesis) -> None:
    for resource_type in ("AWS::EC2::InternetGateway", "AWS::EC2::NatGateway"):
        assert stage.of_type(resource_type) == {}


def test_production_has_flow_logs_endpoints_and_an_empty_default_security_group(prod_stage: Synthesis) -> None:
    assert len(prod_stage.of_type("AWS::EC2::FlowLog")) == 1
    assert len(prod_stage.of_type("Custom::VpcRestrictDefaultSG")) == 1
    assert {"api", "dkr", "logs", "secretsmanager", "kms", "kafka", "email", "sns", "s3"} <= _endpoint_names(prod_stage)


def test_production_has_an_endpoint_for_each_api_that_services_call(prod_stage: Synthesis) -> None:
    assert set(aws.HOSTS.values()) <= _endpoint_names(prod_stage)


def _endpoint_names(stage: Synthesis) -> set[str]:
    """Returns the last parts of the names of the endpoints' services."""
    endpoints = [endpoint["Properties"] for endpoint in stage.of_type("AWS::EC2::VPCEndpoint").values()]
    return {str(endpoint["ServiceName"]).rsplit(".", maxsplit=1)[-1].rstrip("'}]") for endpoint in endpoints}
