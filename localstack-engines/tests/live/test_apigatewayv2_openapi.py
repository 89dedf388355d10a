"""HTTP APIs as OpenAPI definitions: SAM's, those of templates and buckets, and exports."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import yaml

from lab.errors import refused
from lab.gateway import Issuer, Upstream
from lab.stacks import DeployFailed, Stack
from lab.waiting import until

ECHO = """
def handler(event, context):
    return {"route": event["routeKey"], "authorizer": event["requestContext"].get("authorizer")}
"""
GUARD = """
def handler(event, context):
    return {"isAuthorized": event["identitySource"] == ["good"], "context": {"who": "guard"}}
"""


@pytest.fixture
def issuer(address: str) -> Iterator[Issuer]:
    issuer = Issuer(address)
    yield issuer
    issuer.close()


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    """A client that waits for as long as a function may take to start."""
    with httpx.Client(timeout=40) as http:
        yield http


def sam_app(issuer: Issuer, events: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Returns a SAM template: one HTTP API with two authorizers, and a function behind its routes."""
    code = {"Type": "AWS::Serverless::Function", "Properties": {"Runtime": "python3.13", "Handler": "index.handler"}}
    routes = {
        name: {"Type": "HttpApi", "Properties": {"ApiId": {"Ref": "Api"}, **event}} for name, event in events.items()
    }
    jwt = {
        "IdentitySource": "$request.header.Authorization",
        "AuthorizationScopes": ["read"],
        "JwtConfiguration": {"issuer": issuer.url, "audience": ["app"]},
    }
    guard = {
        "FunctionArn": {"Fn::GetAtt": ["Guard", "Arn"]},
        "AuthorizerPayloadFormatVersion": "2.0",
        "EnableSimpleResponses": True,
        "Identity": {"Headers": ["x-key"], "ReauthorizeEvery": 0},
    }
    return {
        "Transform": "AWS::Serverless-2016-10-31",
        "Resources": {
            "Api": {
                "Type": "AWS::Serverless::HttpApi",
                "Properties": {
                    "Tags": {"team": "x"},
                    "FailOnWarnings": True,
                    "CorsConfiguration": {"AllowOrigins": ["https://app.example"], "AllowMethods": ["GET"]},
                    "Auth": {"Authorizers": {"Login": jwt, "Guard": guard}, "DefaultAuthorizer": "Login"},
                },
            },
            "Echo": {**code, "Properties": {**code["Properties"], "InlineCode": ECHO, "Events": routes}},
            "Guard": {**code, "Properties": {**code["Properties"], "InlineCode": GUARD}},
        },
        "Outputs": {"Id": {"Value": {"Ref": "Api"}}},
    }


def deploy_sam(stack: Stack, template: dict[str, Any], action: str) -> str:
    """Creates or updates the stack of a SAM template, and returns the identifier of its API."""
    getattr(stack.client, f"{action}_stack")(
        StackName=stack.name,
        TemplateBody=json.dumps(template),
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    until("the end of the deployment", lambda: not stack.status().endswith("IN_PROGRESS"), seconds=180)
    assert stack.status() == f"{action.upper()}_COMPLETE", stack.failures()
    [output] = stack.client.describe_stacks(StackName=stack.name)["Stacks"][0]["Outputs"]
    return str(output["OutputValue"])


def test_a_sam_app_answers_and_follows_its_template(
    aws: Callable[..., Any], endpoint: str, http: httpx.Client, stack: Stack, issuer: Issuer
) -> None:
    events: dict[str, dict[str, Any]] = {
        "Closed": {"Path": "/closed", "Method": "get", "PayloadFormatVersion": "2.0", "TimeoutInMillis": 29000},
        "Guarded": {"Path": "/guarded", "Method": "post", "Auth": {"Authorizer": "Guard"}},
        "Open": {"Path": "/open/{id}", "Method": "any", "Auth": {"Authorizer": "NONE"}},
        "Rest": {"Auth": {"Authorizer": "NONE"}},
    }
    api = deploy_sam(stack, sam_app(issuer, events), "create")
    url = f"{endpoint}/_aws/execute-api/{api}"
    login = {"authorization": f"Bearer {issuer.token(scope='read')}"}

    assert http.get(f"{url}/closed").status_code == 401
    closed = http.get(f"{url}/closed", headers=login).json()
    assert (closed["route"], closed["authorizer"]["jwt"]["claims"]["sub"]) == ("GET /closed", "alice")
    assert http.post(f"{url}/guarded", headers={"x-key": "bad"}).status_code == 403
    guarded = http.post(f"{url}/guarded", headers={"x-key": "good"}).json()
    assert guarded == {"route": "POST /guarded", "authorizer": {"lambda": {"who": "guard"}}}
    answer = http.get(f"{url}/open/1", headers={"origin": "https://app.example"})
    assert (answer.json()["route"], answer.headers["access-control-allow-origin"]) == (
        "ANY /open/{id}",
        "https://app.example",
    )
    assert http.get(f"{url}/anything").json()["route"] == "$default"
    client = aws("apigatewayv2")
    described = client.get_api(ApiId=api)
    assert (described["Name"], described["Version"]) == (stack.name, "1.0")
    assert described["Tags"] == {"team": "x", "httpapi:createdBy": "SAM"}

    del events["Rest"]
    events["New"] = {"Path": "/new", "Method": "get", "Auth": {"Authorizer": "NONE"}}
    assert deploy_sam(stack, sam_app(issuer, events), "update") == api
    assert http.get(f"{url}/new").json()["route"] == "GET /new"
    assert http.get(f"{url}/anything").status_code == 404
    assert http.get(f"{url}/closed", headers=login).status_code == 200
    assert len(client.get_authorizers(ApiId=api)["Items"]) == 2

    stack.delete()
    assert api not in [one["ApiId"] for one in client.get_apis()["Items"]]


def definition(upstream: Upstream, *paths: str) -> dict[str, Any]:
    proxy = {"type": "http_proxy", "httpMethod": "ANY", "uri": upstream.url, "payloadFormatVersion": 1.0}
    return {
        "openapi": "3.0.1",
        "info": {"title": "from a definition", "version": 1.0},
        "servers": [{"url": "/{base}", "variables": {"base": {"default": "v1/all"}}}],
        "paths": {path: {"get": {"x-amazon-apigateway-integration": proxy}} for path in paths},
    }


def api_resources(**properties: Any) -> dict[str, Any]:
    stage = {"ApiId": {"Ref": "Api"}, "StageName": "$default", "AutoDeploy": True}
    return {
        "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": properties},
        "Stage": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": stage},
    }


def test_a_definition_in_a_bucket_is_imported(
    aws: Callable[..., Any],
    endpoint: str,
    stack: Stack,
    unique: str,
    upstream: Upstream,
    cleanup: Callable[..., None],
) -> None:
    s3, client = aws("s3"), aws("apigatewayv2")
    s3.create_bucket(Bucket=unique)
    cleanup(s3.delete_bucket, Bucket=unique)
    for key, path in (("one.yaml", "/one"), ("two.yaml", "/two")):
        s3.put_object(Bucket=unique, Key=key, Body=yaml.safe_dump(definition(upstream, path)))
        cleanup(s3.delete_object, Bucket=unique, Key=key)
    located = {"BodyS3Location": {"Bucket": unique, "Key": "one.yaml"}, "Tags": {"_custom_id_": unique}}
    stack.deploy(api_resources(**located, BasePath="split", Name="from the template"))
    url = f"{endpoint}/_aws/execute-api/{unique}"
    assert httpx.get(f"{url}/all/one").status_code == 200
    assert client.get_api(ApiId=unique)["Name"] == "from the template"
    located["BodyS3Location"] = {"Bucket": unique, "Key": "two.yaml"}
    stack.deploy(api_resources(**located))
    assert [httpx.get(url + path).status_code for path in ("/all/one", "/two")] == [404, 200]


def test_warnings_fail_a_stack_that_asks_for_it_and_leave_nothing(
    aws: Callable[..., Any], stack: Stack, unique: str, upstream: Upstream
) -> None:
    body = definition(upstream, "/a")
    body["paths"]["/b"] = {"get": {"x-amazon-apigateway-integration": {"type": "mock"}}}
    tags = {"_custom_id_": unique}
    with pytest.raises(DeployFailed, match=r"Warnings found during import:.*the integration type MOCK"):
        stack.deploy(api_resources(Body=body, FailOnWarnings=True, Tags=tags))
    client = aws("apigatewayv2")
    assert unique not in [api["ApiId"] for api in client.get_apis()["Items"]]
    stack.delete()
    stack.deploy(api_resources(Body=body, Tags=tags))
    assert [route["RouteKey"] for route in client.get_routes(ApiId=unique)["Items"]] == ["GET /a", "GET /b"]
    refused(
        client.reimport_api,
        "BadRequestException",
        "Warnings found",
        ApiId=unique,
        Body=json.dumps(body),
        FailOnWarnings=True,
    )


@pytest.mark.parametrize("form", ["JSON", "YAML"])
def test_an_import_of_an_export_makes_the_same_api(
    aws: Callable[..., Any],
    endpoint: str,
    unique: str,
    upstream: Upstream,
    issuer: Issuer,
    cleanup: Callable[..., None],
    form: str,
) -> None:
    client = aws("apigatewayv2")
    login = {
        "type": "jwt",
        "jwtConfiguration": {"issuer": issuer.url, "audience": ["app"]},
        "identitySource": "$request.header.Authorization",
    }
    body = definition(upstream, "/open")
    body["components"] = {"securitySchemes": {"login": {"type": "oauth2", "x-amazon-apigateway-authorizer": login}}}
    body["paths"]["/closed/{id}"] = {"get": {**body["paths"]["/open"]["get"], "security": [{"login": ["read"]}]}}
    body["x-amazon-apigateway-cors"] = {"allowOrigins": ["https://app.example"], "maxAge": 5}
    body["tags"] = [{"name": "team", "x-amazon-apigateway-tag-value": "x"}]
    first = client.import_api(Body=json.dumps(body))["ApiId"]
    cleanup(client.delete_api, ApiId=first)
    client.create_stage(ApiId=first, StageName="live", AutoDeploy=True)

    def export(api: str, **options: Any) -> bytes:
        written = client.export_api(ApiId=api, OutputType=form, Specification="OAS30", **options)["body"]
        return bytes(written.read())

    text = export(first, StageName="live")
    second = client.import_api(Body=text.decode())["ApiId"]
    cleanup(client.delete_api, ApiId=second)
    client.create_stage(ApiId=second, StageName="live", AutoDeploy=True)
    assert contents(client, second) == contents(client, first)
    url = f"{endpoint}/_aws/execute-api/{second}/live"
    assert [httpx.get(url + path).status_code for path in ("/open", "/closed/1", "/nothing")] == [200, 401, 404]
    token = {"authorization": issuer.token(scope="read")}
    assert httpx.get(f"{url}/closed/1", headers=token).status_code == 200
    assert yaml.safe_load(text)["servers"][0]["variables"] == {"basePath": {"default": "live"}}
    assert b"x-amazon-apigateway" not in export(first, IncludeExtensions=False)
    refused(client.export_api, "NotFoundException", ApiId=first, OutputType=form, Specification="OAS30", StageName="no")


def contents(client: Any, api: str) -> list[Any]:
    """Returns what an API is, without the identifiers of its parts."""
    ids = {
        "ApiId",
        "ApiEndpoint",
        "CreatedDate",
        "ResponseMetadata",
        "RouteId",
        "IntegrationId",
        "AuthorizerId",
        "Target",
    }
    described = client.get_api(ApiId=api)
    parts = [getattr(client, f"get_{kind}")(ApiId=api)["Items"] for kind in ("routes", "integrations", "authorizers")]
    found = [described, *(sorted(part, key=str) for part in parts)]
    return json.loads(
        json.dumps(found, default=str),
        object_hook=lambda value: {name: item for name, item in value.items() if name not in ids},
    )
