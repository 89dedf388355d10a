"""What the valid requests of API Gateway v2 need."""

import json
from collections.abc import Callable
from typing import Any

from conformance import resources
from conformance.worlds import Json, World, unique
from lab.localstack import client


def world(implemented: set[str]) -> World:
    api = client("apigatewayv2")

    def of_api(**more: Any) -> Callable[[World], Json]:
        return lambda world: {"ApiId": world.known["ApiId"], **more}

    def arn(world: World) -> Json:
        return {"ResourceArn": f"arn:aws:apigateway:us-east-1::/apis/{world.known['ApiId']}"}

    authorizer = {
        "Name": "a",
        "AuthorizerType": "REQUEST",
        "AuthorizerPayloadFormatVersion": "2.0",
        "IdentitySource": ["$request.header.Authorization"],
        "AuthorizerUri": "arn:aws:lambda:us-east-1:000000000000:function:none",
    }
    websocket = api.create_api(Name=unique(), ProtocolType="WEBSOCKET")["ApiId"]
    mock = api.create_integration(ApiId=websocket, IntegrationType="MOCK")["IntegrationId"]
    required = {"route.request.header.a": {"Required": True}, "route.request.header.b": {"Required": True}}
    route = api.create_route(ApiId=websocket, RouteKey="$connect", RequestParameters=required)["RouteId"]
    of_route, of_integration = {"ApiId": websocket, "RouteId": route}, {"ApiId": websocket, "IntegrationId": mock}

    def route_response(world: World) -> Json:
        return {**of_route, "RouteResponseId": world.known["RouteResponseId"]}

    def integration_response(world: World) -> Json:
        return {**of_integration, "IntegrationResponseId": world.known["IntegrationResponseId"]}

    def close(world: World) -> None:
        for identifier in (world.known.get("ImportedId"), websocket):
            resources.quietly(api.delete_api, ApiId=identifier)

    integration = {"IntegrationType": "HTTP_PROXY", "IntegrationMethod": "GET", "IntegrationUri": "http://127.0.0.1:9"}
    openapi = json.dumps({"openapi": "3.0.1", "info": {"title": "t", "version": "1"}, "paths": {}})
    domain_name = f"{unique()}.example.com"
    certificate = "arn:aws:acm:us-east-1:000000000000:certificate/none"
    stage = {
        "StageName": "one",
        "RouteSettings": {"GET /a": {"ThrottlingRateLimit": 5.0, "ThrottlingBurstLimit": 5}},
        "AccessLogSettings": {
            "DestinationArn": "arn:aws:logs:us-east-1:000000000000:log-group:x",
            "Format": "$context.requestId",
        },
    }
    return World(
        implemented,
        known={"StageName": "one", "RouteKey": "GET /a", "ApiMappingKey": "x", "DomainName": domain_name},
        calls={
            "CreateApi": {"Name": unique(), "ProtocolType": "HTTP"},
            "ImportApi": {"Body": openapi},
            "CreateIntegration": of_api(**integration),
            "CreateAuthorizer": of_api(**authorizer),
            "CreateRoute": lambda world: {
                "ApiId": world.known["ApiId"],
                "RouteKey": "GET /a",
                "Target": f"integrations/{world.known['IntegrationId']}",
            },
            "CreateModel": of_api(Name="Pet", Schema='{"type": "object"}'),
            "UpdateModel": lambda world: {
                "ApiId": world.known["ApiId"],
                "ModelId": world.known["ModelId"],
                "Description": "d",
            },
            "CreateRouteResponse": {**of_route, "RouteResponseKey": "$default"},
            "GetRouteResponse": route_response,
            "GetRouteResponses": of_route,
            "UpdateRouteResponse": lambda world: {
                **route_response(world),
                "ModelSelectionExpression": "$request.body.a",
            },
            "DeleteRouteResponse": route_response,
            "CreateIntegrationResponse": {**of_integration, "IntegrationResponseKey": "$default"},
            "GetIntegrationResponse": integration_response,
            "GetIntegrationResponses": of_integration,
            "UpdateIntegrationResponse": lambda world: {
                **integration_response(world),
                "IntegrationResponseKey": "/2../",
            },
            "DeleteIntegrationResponse": integration_response,
            "DeleteRouteRequestParameter": {**of_route, "RequestParameterKey": "route.request.header.a"},
            "CreateDeployment": of_api(),
            "CreateStage": of_api(**stage),
            "CreateVpcLink": {"Name": unique(), "SubnetIds": ["subnet-1"]},
            "CreateDomainName": {
                "DomainName": domain_name,
                "DomainNameConfigurations": [{"CertificateArn": certificate}],
            },
            "CreateApiMapping": of_api(DomainName=domain_name, Stage="one", ApiMappingKey="x"),
            "UpdateStage": of_api(StageName="one", Description="d"),
            "ExportApi": of_api(OutputType="JSON", Specification="OAS30"),
            "ReimportApi": of_api(Body=openapi),
            "TagResource": lambda world: {**arn(world), "Tags": {"a": "b"}},
            "GetTags": arn,
            "UntagResource": lambda world: {**arn(world), "TagKeys": ["a"]},
        },
        fresh={"CreateStage": "StageName"},
        kept={
            "CreateApi": {"ApiId": "ApiId"},
            "ImportApi": {"ImportedId": "ApiId"},
            "CreateIntegration": {"IntegrationId": "IntegrationId"},
            "CreateAuthorizer": {"AuthorizerId": "AuthorizerId"},
            "CreateRoute": {"RouteId": "RouteId"},
            "CreateDeployment": {"DeploymentId": "DeploymentId"},
            "CreateIntegrationResponse": {"IntegrationResponseId": "IntegrationResponseId"},
            "CreateModel": {"ModelId": "ModelId"},
            "CreateRouteResponse": {"RouteResponseId": "RouteResponseId"},
            "CreateVpcLink": {"VpcLinkId": "VpcLinkId"},
            "CreateApiMapping": {"ApiMappingId": "ApiMappingId"},
        },
        last=(
            "DeleteApiMapping",
            "DeleteDomainName",
            "ResetAuthorizersCache",
            "DeleteAccessLogSettings",
            "DeleteRouteSettings",
            "DeleteCorsConfiguration",
            "DeleteIntegrationResponse",
            "DeleteModel",
            "DeleteRouteRequestParameter",
            "DeleteRouteResponse",
            "DeleteRoute",
            "DeleteIntegration",
            "DeleteAuthorizer",
            "DeleteStage",
            "DeleteDeployment",
            "ReimportApi",
            "DeleteVpcLink",
            "DeleteApi",
        ),
        close=close,
    )
