"""AWS::EC2::InternetGateway.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-internetgateway.html
"""

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.core_types.ec2.ec2_resource import Ec2Resource, tag_specifications, update_resource_tags


class InternetGateway(Ec2Resource):
    TYPE = "AWS::EC2::InternetGateway"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        tags = tag_specifications(request, "internet-gateway")
        gateway = self.ec2(request).create_internet_gateway(TagSpecifications=tags)["InternetGateway"]
        return self.done({**request.desired_state, "InternetGatewayId": gateway["InternetGatewayId"]})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        gateway = request.previous_state["InternetGatewayId"]
        update_resource_tags(self.ec2(request), gateway, request)
        return self.done({**request.desired_state, "InternetGatewayId": gateway})

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.ec2(request).delete_internet_gateway(InternetGatewayId=request.desired_state["InternetGatewayId"])
        return self.done({})
