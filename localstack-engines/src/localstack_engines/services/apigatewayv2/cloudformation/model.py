"""AWS::ApiGatewayV2::Model.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-model.html
"""

from typing import Any

from localstack_engines.cloudformation.properties import json_text
from localstack_engines.services.apigatewayv2.cloudformation.api_gateway_resource import ApiGatewayResource


class Model(ApiGatewayResource):
    TYPE = "AWS::ApiGatewayV2::Model"
    PHYSICAL_ID = "/properties/ModelId"
    KIND, IDS, RETURNED = "Model", ("ApiId", "ModelId"), ("ModelId",)
    DEFAULTS = {"ContentType": "application/json", "Description": ""}

    def properties(self, model: dict[str, Any]) -> dict[str, Any]:
        return {**model, "Schema": json_text(model["Schema"])}
