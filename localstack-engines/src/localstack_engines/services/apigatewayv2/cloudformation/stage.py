"""AWS::ApiGatewayV2::Stage.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-stage.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.services.apigatewayv2.cloudformation.api_gateway_resource import ApiGatewayResource


class Stage(ApiGatewayResource):
    TYPE = "AWS::ApiGatewayV2::Stage"
    PHYSICAL_ID = "/properties/StageName"
    KIND, IDS = "Stage", ("ApiId", "StageName")
    FIXED = ("Tags",)
    IGNORED = ("AccessPolicyId", "ClientCertificateId")

    def update(self, request: ResourceRequest) -> ProgressEvent:
        before, after = request.previous_state or {}, request.desired_state
        client, identifiers = self.client(request, "apigatewayv2"), self.identifiers(before or after)
        if "AccessLogSettings" in before and "AccessLogSettings" not in after:
            client.delete_access_log_settings(**identifiers)
        for key in set(before.get("RouteSettings") or {}) - set(after.get("RouteSettings") or {}):
            client.delete_route_settings(**identifiers, RouteKey=key)
        return super().update(request)

    def removed(self, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
        gone = set(before.get("StageVariables") or {}) - set(after.get("StageVariables") or {})
        variables = {**dict.fromkeys(gone, ""), **(after.get("StageVariables") or {})}
        changes: dict[str, Any] = {"StageVariables": variables} if variables else {}
        if "DefaultRouteSettings" in before and "DefaultRouteSettings" not in after:
            changes["DefaultRouteSettings"] = {}
        return {**super().removed(before, after), **changes}
