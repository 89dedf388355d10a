"""AWS::ApiGatewayV2::ApiMapping.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-apimapping.html
"""

from localstack_engines.services.apigatewayv2.cloudformation.api_gateway_resource import ApiGatewayResource


class ApiMapping(ApiGatewayResource):
    TYPE = "AWS::ApiGatewayV2::ApiMapping"
    PHYSICAL_ID = "/properties/ApiMappingId"
    KIND, IDS, RETURNED = "ApiMapping", ("ApiMappingId", "DomainName"), ("ApiMappingId",)
    DEFAULTS = {"ApiMappingKey": ""}
