"""AWS::ApiGatewayV2::Api.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-api.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.resource import Failed
from localstack_engines.cloudformation.tags import update_tags
from localstack_engines.services.apigatewayv2.cloudformation.api_gateway_resource import ApiGatewayResource


class Api(ApiGatewayResource):
    TYPE = "AWS::ApiGatewayV2::Api"
    KIND, IDS = "Api", ("ApiId",)
    FIXED = ("ProtocolType", "Tags", "Target", "RouteKey", "CredentialsArn")
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
        client = self.client(request, "apigatewayv2")
        if "CorsConfiguration" in previous and "CorsConfiguration" not in after:
            client.delete_cors_configuration(ApiId=previous["ApiId"])
        api_id = (request.previous_state or request.desired_state)["ApiId"]
        arn = f"arn:aws:apigateway:{request.region_name}::/apis/{api_id}"
        update_tags(
            previous.get("Tags"),
            after.get("Tags"),
            remove=lambda keys: client.untag_resource(ResourceArn=arn, TagKeys=keys),
            put=lambda tags: client.tag_resource(ResourceArn=arn, Tags=tags),
        )
        return super().update(request)

    def attributes(self, request: ResourceRequest, returned: dict[str, Any]) -> dict[str, Any]:
        arn = f"arn:aws:execute-api:{request.region_name}:{request.account_id}:{returned['ApiId']}"
        return super().attributes(request, {**returned, "ExecuteApiArn": arn})
