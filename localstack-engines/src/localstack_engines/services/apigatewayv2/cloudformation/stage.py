"""AWS::ApiGatewayV2::Stage.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-stage.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.resource import Failed
from localstack_engines.services.apigatewayv2.cloudformation.api_gateway_resource import ApiGatewayResource


class Stage(ApiGatewayResource):
    TYPE = "AWS::ApiGatewayV2::Stage"
    PHYSICAL_ID = "/properties/StageName"
    KIND, IDS = "Stage", ("ApiId", "StageName")
    TAGGED = "/apis/{ApiId}/stages/{StageName}"
    DEFAULTS = {"AutoDeploy": False, "DefaultRouteSettings": {}, "Description": ""}
    RESET = (
        "AccessLogSettings",
        "AccessPolicyId",
        "ClientCertificateId",
        "DeploymentId",
        "RouteSettings",
        "StageVariables",
        "Tags",
    )
    IGNORED = ("AccessPolicyId", "ClientCertificateId")

    def update(self, request: ResourceRequest) -> ProgressEvent:
        previous, after = request.previous_state or {}, request.desired_state
        client, identifiers = self.client(request, "apigatewayv2"), self.identifiers(previous or after)
        if previous.get("DeploymentId") and not (after.get("DeploymentId") or after.get("AutoDeploy")):
            raise Failed("A stage without AutoDeploy keeps its deployment: DeploymentId cannot be removed")
        if "AccessLogSettings" in previous and "AccessLogSettings" not in after:
            client.delete_access_log_settings(**identifiers)
        for key in set(previous.get("RouteSettings") or {}) - set(after.get("RouteSettings") or {}):
            client.delete_route_settings(**identifiers, RouteKey=key)
        return super().update(request)

    def removed(self, previous: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
        gone = set(previous.get("StageVariables") or {}) - set(after.get("StageVariables") or {})
        variables = {**dict.fromkeys(gone, ""), **(after.get("StageVariables") or {})}
        return {"StageVariables": variables} if variables else {}
