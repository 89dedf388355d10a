"""AWS::ApiGatewayV2::Authorizer.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-authorizer.html
"""

from localstack_engines.services.apigatewayv2.cloudformation.api_gateway_resource import ApiGatewayResource


class Authorizer(ApiGatewayResource):
    TYPE = "AWS::ApiGatewayV2::Authorizer"
    PHYSICAL_ID = "/properties/AuthorizerId"
    KIND, IDS, RETURNED = "Authorizer", ("ApiId", "AuthorizerId"), ("AuthorizerId",)
