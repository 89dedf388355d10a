"""AWS::EC2::Route.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-route.html
"""

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.core_types.ec2.ec2_resource import Ec2Resource, present

_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")


class Route(Ec2Resource):
    TYPE = "AWS::EC2::Route"
    PHYSICAL_ID = "</properties/RouteTableId>|</properties/CidrBlock>"
    # A route has one target, so another one takes the place of the target that was removed.
    RESET = (
        "CarrierGatewayId",
        "CoreNetworkArn",
        "EgressOnlyInternetGatewayId",
        "GatewayId",
        "InstanceId",
        "LocalGatewayId",
        "NatGatewayId",
        "NetworkInterfaceId",
        "TransitGatewayId",
        "VpcEndpointId",
        "VpcPeeringConnectionId",
    )

    def create(self, request: ResourceRequest) -> ProgressEvent:
        ec2, model = self.ec2(request), request.desired_state
        ec2.create_route(**to_request(ec2, "CreateRoute", model))
        return self.done({**model, "CidrBlock": next(iter(present(model, *_DESTINATIONS).values()))})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        ec2, model = self.ec2(request), request.desired_state
        ec2.replace_route(**to_request(ec2, "ReplaceRoute", model, ignore=("CidrBlock",)))
        return self.done({**model, "CidrBlock": request.previous_state["CidrBlock"]})

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.ec2(request).delete_route(**present(request.desired_state, "RouteTableId", *_DESTINATIONS))
        return self.done({})
