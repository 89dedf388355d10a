"""AWS::ApiGatewayV2 types: the gateway serves what a stack creates, changes and deletes."""

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from lab.gateway import CloudMap, Issuer, Upstream, host_address
from lab.stacks import DeployFailed, Stack


@pytest.fixture
def issuer(plugin: dict[str, Any]) -> Iterator[Issuer]:
    issuer = Issuer(host_address(plugin["owner"]))
    yield issuer
    issuer.close()


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def typed(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::ApiGatewayV2::{kind}", "Properties": properties}


def private_api(cloud_map: CloudMap, issuer: Issuer, custom_id: str) -> dict[str, Any]:
    jwt = {"Issuer": issuer.url, "Audience": ["app"]}
    return {
        "Api": typed(
            "Api",
            Name="test",
            ProtocolType="HTTP",
            Tags={"_custom_id_": custom_id},
            CorsConfiguration={"AllowOrigins": ["https://app.example"], "AllowMethods": ["*"], "MaxAge": 60},
        ),
        "Stage": typed("Stage", ApiId=ref("Api"), StageName="$default", AutoDeploy=True),
        "Link": typed("VpcLink", Name="test", SubnetIds=["subnet-1"], SecurityGroupIds=["sg-1"]),
        "Integration": typed(
            "Integration",
            ApiId=ref("Api"),
            IntegrationType="HTTP_PROXY",
            IntegrationMethod="ANY",
            IntegrationUri=cloud_map.arn,
            ConnectionType="VPC_LINK",
            ConnectionId=ref("Link"),
            PayloadFormatVersion="1.0",
            RequestParameters={"append:header.x-mapped": "one"},
            ResponseParameters={
                "200": {"ResponseParameters": [{"Destination": "append:header.x-out", "Source": "$context.stage"}]}
            },
        ),
        "Authorizer": typed(
            "Authorizer",
            ApiId=ref("Api"),
            Name="jwt",
            AuthorizerType="JWT",
            IdentitySource=["$request.header.Authorization"],
            JwtConfiguration=jwt,
        ),
        "Open": typed("Route", ApiId=ref("Api"), RouteKey="GET /open", Target=target()),
        "Closed": typed(
            "Route",
            ApiId=ref("Api"),
            RouteKey="ANY /closed/{proxy+}",
            Target=target(),
            AuthorizationType="JWT",
            AuthorizerId=ref("Authorizer"),
            AuthorizationScopes=["read"],
        ),
    }


def target() -> dict[str, Any]:
    return {"Fn::Join": ["/", ["integrations", ref("Integration")]]}


OUTPUTS = {
    "Id": ref("Api"),
    "Endpoint": {"Fn::GetAtt": ["Api", "ApiEndpoint"]},
    "IdAttribute": {"Fn::GetAtt": ["Api", "ApiId"]},
    "Integration": ref("Integration"),
    "Authorizer": {"Fn::GetAtt": ["Authorizer", "AuthorizerId"]},
    "Stage": ref("Stage"),
    "Link": ref("Link"),
}


def test_the_gateway_follows_a_stack(
    aws: Callable[..., Any], endpoint: str, stack: Stack, unique: str, issuer: Issuer, upstream: Upstream
) -> None:
    client = aws("apigatewayv2")
    cloud_map = CloudMap(aws("servicediscovery"), unique)
    cloud_map.register(upstream)
    resources = private_api(cloud_map, issuer, unique)
    outputs = stack.deploy(resources, OUTPUTS)

    assert outputs["Id"] == outputs["IdAttribute"] == unique
    assert outputs["Endpoint"] == client.get_api(ApiId=unique)["ApiEndpoint"]
    assert outputs["Endpoint"].startswith(f"http://{unique}.execute-api.localhost.localstack.cloud:")
    assert outputs["Stage"] == "$default"
    assert client.get_integration(ApiId=unique, IntegrationId=outputs["Integration"])["IntegrationMethod"] == "ANY"
    assert client.get_authorizer(ApiId=unique, AuthorizerId=outputs["Authorizer"])["AuthorizerType"] == "JWT"
    assert client.get_vpc_link(VpcLinkId=outputs["Link"])["VpcLinkStatus"] == "AVAILABLE"

    url = f"{endpoint}/_aws/execute-api/{unique}"
    answer = httpx.get(f"{url}/open")
    assert (answer.status_code, answer.headers["x-out"]) == (200, "$default")
    assert ["x-mapped", "one"] in answer.json()["headers"]
    assert httpx.get(f"{url}/closed/1").status_code == 401
    token = {"authorization": f"Bearer {issuer.token(scope='read')}"}
    assert httpx.get(f"{url}/closed/1", headers=token).json()["path"] == "/closed/1"

    # The update removes a scope, mappings, a route and CORS, and replaces nothing.
    del resources["Open"]
    del resources["Closed"]["Properties"]["AuthorizationScopes"]
    del resources["Integration"]["Properties"]["RequestParameters"]
    del resources["Integration"]["Properties"]["ResponseParameters"]
    del resources["Api"]["Properties"]["CorsConfiguration"]
    changed = stack.deploy(resources, OUTPUTS)
    assert changed == outputs
    assert httpx.get(f"{url}/open").status_code == 404
    plain = {"authorization": f"Bearer {issuer.token()}", "origin": "https://app.example"}
    answer = httpx.get(f"{url}/closed/2", headers=plain)
    assert answer.status_code == 200
    assert "x-out" not in answer.headers
    assert not any(name == "x-mapped" for name, _ in answer.json()["headers"])
    assert answer.headers["access-control-allow-origin"] == "https://upstream.example"

    stack.delete()
    assert unique not in [api["ApiId"] for api in client.get_apis()["Items"]]
    assert outputs["Link"] not in [link["VpcLinkId"] for link in client.get_vpc_links()["Items"]]


def test_a_stage_serves_its_deployment_until_it_gets_another(
    aws: Callable[..., Any], endpoint: str, stack: Stack, unique: str, upstream: Upstream
) -> None:
    resources = {
        "Api": typed("Api", Name="test", ProtocolType="HTTP", Tags={"_custom_id_": unique}),
        "Integration": typed(
            "Integration",
            ApiId=ref("Api"),
            IntegrationType="HTTP_PROXY",
            IntegrationMethod="GET",
            IntegrationUri=f"{upstream.url}/one",
            PayloadFormatVersion="1.0",
        ),
        "Route": typed("Route", ApiId=ref("Api"), RouteKey="GET /x", Target=target()),
        "First": {**typed("Deployment", ApiId=ref("Api")), "DependsOn": "Route"},
        "Stage": typed("Stage", ApiId=ref("Api"), StageName="live", DeploymentId=ref("First")),
    }
    stack.deploy(resources)
    url = f"{endpoint}/_aws/execute-api/{unique}/live/x"
    assert httpx.get(url).json()["path"] == "/one"
    resources["Integration"]["Properties"]["IntegrationUri"] = f"{upstream.url}/two"
    stack.deploy(resources)
    assert httpx.get(url).json()["path"] == "/one"
    resources["Second"] = {**typed("Deployment", ApiId=ref("Api")), "DependsOn": "Integration"}
    resources["Stage"]["Properties"]["DeploymentId"] = ref("Second")
    stack.deploy(resources)
    assert httpx.get(url).json()["path"] == "/two"


def test_the_apis_error_is_the_reason_of_a_failed_deployment(stack: Stack) -> None:
    with pytest.raises(DeployFailed, match="Route selection expression must be"):
        stack.deploy(
            {"Api": typed("Api", Name="test", ProtocolType="HTTP", RouteSelectionExpression="$request.body.x")}
        )


@pytest.mark.parametrize("typed_as_text", [False, True])
def test_scalars_of_any_type_are_taken(aws: Callable[..., Any], stack: Stack, typed_as_text: bool) -> None:
    def scalar(value: Any) -> Any:
        if typed_as_text:
            return str(value).lower() if isinstance(value, bool) else str(value)
        return value

    out = stack.deploy(
        {
            "Api": typed(
                "Api", Name="n", ProtocolType="HTTP", Version=scalar(1.0), CorsConfiguration={"MaxAge": scalar(60)}
            ),
            "Stage": typed(
                "Stage",
                ApiId=ref("Api"),
                StageName="s",
                AutoDeploy=scalar(True),
                DefaultRouteSettings={"ThrottlingBurstLimit": scalar(5), "ThrottlingRateLimit": scalar(1.5)},
                StageVariables={"number": scalar(1), "flag": scalar(True)},
            ),
            "Integration": typed(
                "Integration",
                ApiId=ref("Api"),
                IntegrationType="HTTP_PROXY",
                IntegrationMethod="ANY",
                IntegrationUri="http://upstream.example/",
                PayloadFormatVersion=scalar(1.0),
                TimeoutInMillis=scalar(3000),
            ),
        },
        {"Api": ref("Api"), "Integration": ref("Integration")},
    )
    client = aws("apigatewayv2")
    described = client.get_stage(ApiId=out["Api"], StageName="s")
    assert described["AutoDeploy"] is True
    assert described["StageVariables"] == {"number": "1", "flag": "true"}
    assert described["DefaultRouteSettings"]["ThrottlingRateLimit"] == 1.5
    integration = client.get_integration(ApiId=out["Api"], IntegrationId=out["Integration"])
    assert (integration["PayloadFormatVersion"], integration["TimeoutInMillis"]) == ("1.0", 3000)
    api = client.get_api(ApiId=out["Api"])
    assert (api["Version"], api["CorsConfiguration"]["MaxAge"]) == ("1.0", 60)


@pytest.mark.parametrize(
    ("properties", "fault"),
    [
        ({"CorsConfiguration": {"MaxAge": "abc"}}, "#/CorsConfiguration/MaxAge: expected type: Integer, found: String"),
        ({"CorsConfiguration": {"AllowOrigins": "*"}}, "#/CorsConfiguration/AllowOrigins: expected type: JSONArray"),
        ({"DisableExecuteApiEndpoint": "maybe"}, "#/DisableExecuteApiEndpoint: expected type: Boolean, found: String"),
        ({"Nonsense": 1}, "#: extraneous key [Nonsense] is not permitted"),
    ],
)
def test_a_property_of_the_wrong_type_fails_in_words_of_aws(
    stack: Stack, properties: dict[str, Any], fault: str
) -> None:
    with pytest.raises(DeployFailed) as failure:
        stack.deploy({"Api": typed("Api", Name="n", ProtocolType="HTTP", **properties)})
    assert failure.value.status == "ROLLBACK_COMPLETE"
    assert any(
        f"Properties validation failed for resource Api with message:\n{fault}" in r for r in failure.value.failures
    )


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"RouteSettings": {"GET /none": {"ThrottlingBurstLimit": 1}}}, "Unable to find Route by key GET /none"),
        ({"DefaultRouteSettings": {"LoggingLevel": "INFO"}}, "Execution logs are not supported on protocolType HTTP"),
    ],
)
def test_stage_settings_that_cannot_work_fail(stack: Stack, settings: dict[str, Any], reason: str) -> None:
    with pytest.raises(DeployFailed, match=reason):
        stack.deploy(
            {
                "Api": typed("Api", Name="n", ProtocolType="HTTP"),
                "Stage": typed("Stage", ApiId=ref("Api"), StageName="s", **settings),
            }
        )


def test_tags_follow_the_template(aws: Callable[..., Any], stack: Stack) -> None:
    client = aws("apigatewayv2")

    def deploy(tags: dict[str, str]) -> list[dict[str, str]]:
        out = stack.deploy(
            {
                "Api": typed("Api", Name="n", ProtocolType="HTTP", Tags=tags),
                "Stage": typed("Stage", ApiId=ref("Api"), StageName="s", Tags=tags),
                "Link": typed("VpcLink", Name="n", SubnetIds=["subnet-1"], Tags=tags),
            },
            {"Api": ref("Api"), "Link": ref("Link")},
        )
        described = (
            client.get_api(ApiId=out["Api"]),
            client.get_stage(ApiId=out["Api"], StageName="s"),
            client.get_vpc_link(VpcLinkId=out["Link"]),
        )
        return [one["Tags"] for one in described]

    for tags in ({"a": "1", "b": "1"}, {"a": "2"}, {}):
        assert deploy(tags) == [tags] * 3
