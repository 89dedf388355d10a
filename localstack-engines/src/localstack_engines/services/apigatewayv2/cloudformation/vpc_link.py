"""AWS::ApiGatewayV2::VpcLink.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigatewayv2-vpclink.html
"""

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.services.apigatewayv2.cloudformation.api_gateway_resource import ApiGatewayResource


class VpcLink(ApiGatewayResource):
    TYPE = "AWS::ApiGatewayV2::VpcLink"
    PHYSICAL_ID = "/properties/VpcLinkId"
    KIND, IDS, RETURNED = "VpcLink", ("VpcLinkId",), ("VpcLinkId",)
    TAGGED = "/vpclinks/{VpcLinkId}"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        """Creates the link, and is done when it is AVAILABLE."""
        model = request.desired_state
        if "VpcLinkId" not in model:
            model = super().create(request).resource_model
        status = self.call(request, "Get", self.identifiers(model))["VpcLinkStatus"]
        return self.done(model) if status == "AVAILABLE" else self.wait(request, model)
