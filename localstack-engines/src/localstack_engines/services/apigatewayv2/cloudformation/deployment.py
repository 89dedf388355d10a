"""AWS::ApiGatewayV2::Deployment.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-deployment.html
"""

from localstack_engines.services.apigatewayv2.cloudformation.api_gateway_resource import ApiGatewayResource


class Deployment(ApiGatewayResource):
    TYPE = "AWS::ApiGatewayV2::Deployment"
    PHYSICAL_ID = "/properties/DeploymentId"
    KIND, IDS, RETURNED = "Deployment", ("ApiId", "DeploymentId"), ("DeploymentId",)
    DEFAULTS = {"Description": ""}
    FIXED = ("StageName",)
