"""AWS::ApiGatewayV2::Api.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-api.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.resource import Failed
from localstack_engines.services.apigatewayv2.cloudformation.api_gateway_resource import ApiGatewayResource


class Api(ApiGatewayResource):
    TYPE = "AWS::ApiGatewayV2::Api"
    KIND, IDS = "Api", ("ApiId",)
    TAGGED = "/apis/{ApiId}"
    DEFAULTS = {
        "ApiKeySelectionExpression": "$request.header.x-api-key",
        "Description": "",
        "DisableExecuteApiEndpoint": False,
        "DisableSchemaValidation": False,
        "IpAddressType": "ipv4",
        "RouteSelectionExpression": "$request.method $request.path",
        "Version": "",
    }
    RESET = ("BasePath", "CorsConfiguration", "FailOnWarnings", "Tags")
    FIXED = ("CredentialsArn", "RouteKey", "Target")
    RETURNED = ("ApiId", "ApiEndpoint", "ExecuteApiArn")
    # These have a meaning only with an OpenAPI document.
    IGNORED = ("BasePath", "FailOnWarnings")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        for unsupported in ("Body", "BodyS3Location"):
            if unsupported in request.desired_state:
                raise Failed(f"{unsupported} is not supported by the local API Gateway")
        return super().create(request)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        previous, after = request.previous_state or {}, request.desired_state
        if previous.get("CorsConfiguration") and not after.get("CorsConfiguration"):
            self.client(request, "apigatewayv2").delete_cors_configuration(ApiId=previous["ApiId"])
        return super().update(request)

    def attributes(self, request: ResourceRequest, returned: dict[str, Any]) -> dict[str, Any]:
        arn = f"arn:aws:execute-api:{request.region_name}:{request.account_id}:{returned['ApiId']}"
        return super().attributes(request, {**returned, "ExecuteApiArn": arn})
