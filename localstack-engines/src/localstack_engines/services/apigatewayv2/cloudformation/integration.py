"""AWS::ApiGatewayV2::Integration.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-integration.html
"""

from typing import Any

from localstack_engines.services.apigatewayv2.cloudformation.api_gateway_resource import ApiGatewayResource


class Integration(ApiGatewayResource):
    TYPE = "AWS::ApiGatewayV2::Integration"
    PHYSICAL_ID = "/properties/IntegrationId"
    KIND, IDS, RETURNED = "Integration", ("ApiId", "IntegrationId"), ("IntegrationId",)
    DEFAULTS = {
        "ConnectionId": "",
        "ConnectionType": "INTERNET",
        "CredentialsArn": "",
        "Description": "",
        "PassthroughBehavior": "WHEN_NO_MATCH",
        "PayloadFormatVersion": "1.0",
        "RequestTemplates": {},
        "TemplateSelectionExpression": "",
        "TimeoutInMillis": 30000,
        "TlsConfig": {},
    }
    RESET = ("IntegrationMethod", "RequestParameters", "ResponseParameters")

    def properties(self, model: dict[str, Any]) -> dict[str, Any]:
        if "ResponseParameters" not in model:
            return model
        mappings = {
            status: {item["Destination"]: item["Source"] for item in group.get("ResponseParameters", [])}
            for status, group in model["ResponseParameters"].items()
        }
        return {**model, "ResponseParameters": mappings}

    def removed(self, previous: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
        changes: dict[str, Any] = {}
        if previous.get("IntegrationMethod") and not after.get("IntegrationMethod"):
            # An HTTP integration has no default: the API says that it needs a method.
            changes["IntegrationMethod"] = "POST" if after["IntegrationType"] == "AWS_PROXY" else ""
        gone = set(previous.get("RequestParameters") or {}) - set(after.get("RequestParameters") or {})
        if gone:
            changes["RequestParameters"] = {**dict.fromkeys(gone, ""), **(after.get("RequestParameters") or {})}
        statuses = set(previous.get("ResponseParameters") or {}) - set(after.get("ResponseParameters") or {})
        if statuses:
            changes["ResponseParameters"] = {
                **{status: {} for status in statuses},
                **self.properties(after).get("ResponseParameters", {}),
            }
        return changes
