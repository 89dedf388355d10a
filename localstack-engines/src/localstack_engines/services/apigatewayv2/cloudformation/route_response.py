"""AWS::ApiGatewayV2::RouteResponse.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-routeresponse.html
"""

from localstack_engines.services.apigatewayv2.cloudformation.api_gateway_resource import ApiGatewayResource


class RouteResponse(ApiGatewayResource):
    TYPE = "AWS::ApiGatewayV2::RouteResponse"
    PHYSICAL_ID = "/properties/RouteResponseId"
    KIND, IDS = "RouteResponse", ("ApiId", "RouteId", "RouteResponseId")
    RETURNED = ("RouteResponseId",)
    DEFAULTS = {"ModelSelectionExpression": "", "ResponseModels": {}, "ResponseParameters": {}}
