"""AWS::ApiGatewayV2::IntegrationResponse.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-integrationresponse.html
"""

from localstack_engines.services.apigatewayv2.cloudformation.api_gateway_resource import ApiGatewayResource


class IntegrationResponse(ApiGatewayResource):
    TYPE = "AWS::ApiGatewayV2::IntegrationResponse"
    PHYSICAL_ID = "/properties/IntegrationResponseId"
    KIND, IDS = "IntegrationResponse", ("ApiId", "IntegrationId", "IntegrationResponseId")
    RETURNED = ("IntegrationResponseId",)
    DEFAULTS = {"ResponseParameters": {}, "ResponseTemplates": {}, "TemplateSelectionExpression": ""}
