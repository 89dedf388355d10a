"""AWS::ApiGatewayV2::Route.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-route.html
"""

from localstack_engines.services.apigatewayv2.cloudformation.api_gateway_resource import ApiGatewayResource


class Route(ApiGatewayResource):
    TYPE = "AWS::ApiGatewayV2::Route"
    PHYSICAL_ID = "/properties/RouteId"
    KIND, IDS, RETURNED = "Route", ("ApiId", "RouteId"), ("RouteId",)
    DEFAULTS = {
        "ApiKeyRequired": False,
        "AuthorizationScopes": [],
        "AuthorizationType": "NONE",
        "AuthorizerId": "",
        "ModelSelectionExpression": "",
        "OperationName": "",
        "RequestModels": {},
        "RequestParameters": {},
        "RouteResponseSelectionExpression": "",
        "Target": "",
    }
