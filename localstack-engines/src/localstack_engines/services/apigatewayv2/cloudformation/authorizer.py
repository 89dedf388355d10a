"""AWS::ApiGatewayV2::Authorizer.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-authorizer.html
"""

from typing import Any

from localstack_engines.services.apigatewayv2.cloudformation.api_gateway_resource import ApiGatewayResource


class Authorizer(ApiGatewayResource):
    TYPE = "AWS::ApiGatewayV2::Authorizer"
    PHYSICAL_ID = "/properties/AuthorizerId"
    KIND, IDS, RETURNED = "Authorizer", ("ApiId", "AuthorizerId"), ("AuthorizerId",)
    DEFAULTS = {
        "AuthorizerCredentialsArn": "",
        "AuthorizerResultTtlInSeconds": 0,
        "EnableSimpleResponses": False,
        "IdentitySource": [],
        "IdentityValidationExpression": "",
    }

    def properties(self, model: dict[str, Any]) -> dict[str, Any]:
        # The API requires the member, the template does not.
        return {"IdentitySource": [], **model}
