"""AWS::EC2::RouteTable.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-routetable.html
"""

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.core_types.ec2.ec2_resource import Ec2Resource, tag_specifications, update_resource_tags


class RouteTable(Ec2Resource):
    TYPE = "AWS::EC2::RouteTable"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        ec2, model = self.ec2(request), request.desired_state
        arguments = to_request(ec2, "CreateRouteTable", model, ignore=("Tags",))
        tags = tag_specifications(request, "route-table")
        table = ec2.create_route_table(**arguments, TagSpecifications=tags)["RouteTable"]
        return self.done({**model, "RouteTableId": table["RouteTableId"]})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        model["RouteTableId"] = request.previous_state["RouteTableId"]
        update_resource_tags(self.ec2(request), model["RouteTableId"], request)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.ec2(request).delete_route_table(RouteTableId=request.desired_state["RouteTableId"])
        return self.done({})
