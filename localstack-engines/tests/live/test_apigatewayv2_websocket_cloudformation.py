"""The usual chat application as a stack: a bucket of connections, three functions, and a WebSocket API."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from lab import localstack
from lab.stacks import DeployFailed, Stack
from lab.waiting import until
from lab.websocket import SECONDS, ask

CONNECTIONS = """
import boto3, os
objects = boto3.client("s3")
def handler(event, context):
    place = {"Bucket": os.environ["BUCKET"], "Key": event["requestContext"]["connectionId"]}
    if event["requestContext"]["eventType"] == "CONNECT":
        objects.put_object(**place)
    else:
        objects.delete_object(**place)
    return {"statusCode": 200}
"""

SEND = """
import boto3, json, os
objects = boto3.client("s3")
def handler(event, context):
    target = event["requestContext"]
    url = f"https://{target['domainName']}/{target['stage']}"
    client = boto3.client("apigatewaymanagementapi", endpoint_url=url)
    for item in objects.list_objects_v2(Bucket=os.environ["BUCKET"])["Contents"]:
        text = json.loads(event["body"])["text"]
        client.post_to_connection(ConnectionId=item["Key"], Data=text.encode())
    return {"statusCode": 200}
"""


def ref(name: str) -> dict[str, str]:
    return {"Ref": name}


def gateway(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::ApiGatewayV2::{kind}", "Properties": {"ApiId": ref("Api"), **properties}}


def target(integration: str) -> dict[str, Any]:
    return {"Fn::Join": ["/", ["integrations", ref(integration)]]}


def function(name: str, source: str) -> dict[str, Any]:
    """Returns a function with its permission, integration and the name's prefix on all of them."""
    uri = f"arn:aws:apigateway:${{AWS::Region}}:lambda:path/2015-03-31/functions/${{{name}Function.Arn}}/invocations"
    return {
        f"{name}Function": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "python3.13",
                "Handler": "index.handler",
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Code": {"ZipFile": source},
                "Timeout": 25,
                "Environment": {"Variables": {"BUCKET": ref("Bucket")}},
            },
        },
        f"{name}Permission": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "Action": "lambda:InvokeFunction",
                "FunctionName": ref(f"{name}Function"),
                "Principal": "apigateway.amazonaws.com",
            },
        },
        f"{name}Integration": gateway("Integration", IntegrationType="AWS_PROXY", IntegrationUri={"Fn::Sub": uri}),
    }


def chat() -> dict[str, Any]:
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    grant = {"Effect": "Allow", "Action": ["s3:*", "execute-api:ManageConnections"], "Resource": "*"}
    return {
        "Bucket": {"Type": "AWS::S3::Bucket"},
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
                "Policies": [{"PolicyName": "chat", "PolicyDocument": {"Version": "2012-10-17", "Statement": [grant]}}],
            },
        },
        "Api": {
            "Type": "AWS::ApiGatewayV2::Api",
            "Properties": {
                "Name": "chat",
                "ProtocolType": "WEBSOCKET",
                "RouteSelectionExpression": "$request.body.action",
            },
        },
        **function("Connect", CONNECTIONS),
        **function("Disconnect", CONNECTIONS),
        **function("Send", SEND),
        "ConnectRoute": gateway("Route", RouteKey="$connect", Target=target("ConnectIntegration")),
        "DisconnectRoute": gateway("Route", RouteKey="$disconnect", Target=target("DisconnectIntegration")),
        "SendRoute": gateway("Route", RouteKey="sendmessage", Target=target("SendIntegration")),
        "Deployment": {**gateway("Deployment"), "DependsOn": ["ConnectRoute", "DisconnectRoute", "SendRoute"]},
        "Stage": gateway("Stage", StageName="prod", DeploymentId=ref("Deployment")),
    }


OUTPUTS = {"Id": ref("Api"), "Endpoint": {"Fn::GetAtt": ["Api", "ApiEndpoint"]}, "Bucket": ref("Bucket")}


def address(outputs: dict[str, str], stage: str = "prod") -> str:
    return f"{localstack.ENDPOINT.replace('http', 'ws', 1)}/_aws/execute-api/{outputs['Id']}/{stage}"


def test_a_chat_is_deployed_used_updated_and_deleted(aws: Callable[..., Any], stack: Stack) -> None:
    resources = chat()
    outputs = stack.deploy(resources, OUTPUTS)
    assert outputs["Endpoint"] == aws("apigatewayv2").get_api(ApiId=outputs["Id"])["ApiEndpoint"]

    def members() -> int:
        return int(aws("s3").list_objects_v2(Bucket=outputs["Bucket"])["KeyCount"])

    with connect(address(outputs), open_timeout=SECONDS, proxy=None) as alice:
        with connect(address(outputs), open_timeout=SECONDS, proxy=None) as bob:
            assert members() == 2
            bob.send(json.dumps({"action": "sendmessage", "text": "hello"}))
            assert [client.recv(timeout=SECONDS) for client in (alice, bob)] == ["hello", "hello"]
        until("the end of a connection", lambda: members() == 1)
        assert ask(alice, {"action": "ping"})["message"] == "Forbidden"

        # A new deployment adds a two-way route with a model, a mock and its response. The connection stays.
        resources |= {
            "Model": gateway("Model", Name="Ping", Schema={"type": "object", "required": ["n"]}),
            "PingIntegration": gateway(
                "Integration",
                IntegrationType="MOCK",
                TemplateSelectionExpression="200",
                RequestTemplates={"200": '{"statusCode": 200}'},
            ),
            "PingIntegrationResponse": gateway(
                "IntegrationResponse",
                IntegrationId=ref("PingIntegration"),
                IntegrationResponseKey="$default",
                ResponseTemplates={"$default": '"pong"'},
            ),
            "PingRoute": gateway(
                "Route",
                RouteKey="ping",
                Target=target("PingIntegration"),
                RouteResponseSelectionExpression="$default",
                ModelSelectionExpression="$request.body.action",
                RequestModels={"ping": "Ping"},
            )
            | {"DependsOn": "Model"},
            "PingRouteResponse": gateway("RouteResponse", RouteId=ref("PingRoute"), RouteResponseKey="$default"),
            "Second": {**gateway("Deployment"), "DependsOn": ["PingRouteResponse", "PingIntegrationResponse"]},
        }
        resources["Stage"]["Properties"]["DeploymentId"] = ref("Second")
        assert stack.deploy(resources, OUTPUTS) == outputs
        assert ask(alice, {"action": "ping", "n": 1}) == "pong"
        assert ask(alice, {"action": "ping"})["message"] == "Invalid request body"

        # An update changes the answer, and removes the model from the route.
        resources["PingIntegrationResponse"]["Properties"]["ResponseTemplates"] = {"$default": '"changed"'}
        for name in ("ModelSelectionExpression", "RequestModels"):
            del resources["PingRoute"]["Properties"][name]
        del resources["Model"], resources["PingRoute"]["DependsOn"]
        resources["Third"] = {**gateway("Deployment"), "DependsOn": ["PingRoute", "PingIntegrationResponse"]}
        resources["Stage"]["Properties"]["DeploymentId"] = ref("Third")
        stack.deploy(resources, OUTPUTS)
        assert ask(alice, {"action": "ping"}) == "changed"

    until("the end of the other connection", lambda: members() == 0)
    stack.delete()
    assert outputs["Id"] not in [api["ApiId"] for api in aws("apigatewayv2").get_apis()["Items"]]
    with pytest.raises((InvalidStatus, EOFError)):
        connect(address(outputs), open_timeout=SECONDS, proxy=None).__enter__()


def test_a_property_without_local_meaning_fails_the_stack(stack: Stack) -> None:
    resources = {name: resource for name, resource in chat().items() if name == "Api"}
    resources["Route"] = gateway("Route", RouteKey="x", ApiKeyRequired=True)
    with pytest.raises(DeployFailed, match="ApiKeyRequired is not supported"):
        stack.deploy(resources)
