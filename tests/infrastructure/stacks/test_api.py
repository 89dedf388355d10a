"""The authorizer of the API."""

from __future__ import annotations

from tests.infrastructure.synthesis import Synthesis


def test_tokens_are_verified_against_the_apis_own_endpoint(stage: Synthesis) -> None:
    authorizer = stage.one("AWS::ApiGatewayV2::Authorizer")
    assert authorizer["JwtConfiguration"]["Audience"] == ["pms"]
    exported = authorizer["JwtConfiguration"]["Issuer"]["Fn::ImportValue"]
    outputs = stage.templates["identity"]["Outputs"].values()
    values = {output["Export"]["Name"]: output["Value"] for output in outputs if "Export" in output}
    assert values[exported]["Fn::GetAtt"][1] == "ApiEndpoint"


def test_the_services_know_the_authorizers_issuer(stage: Synthesis) -> None:
    issuer = stage.one("AWS::ApiGatewayV2::Authorizer")["JwtConfiguration"]["Issuer"]
    for container in stage.containers():
        variables = {variable["Name"]: variable["Value"] for variable in container["Environment"]}
        assert variables["JWT_ISSUER"] == issuer
