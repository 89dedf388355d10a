"""AWS::EC2::Subnet.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-subnet.html
"""

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.core_types.ec2.ec2_resource import (
    Ec2Resource,
    modify_attributes,
    present,
    tag_specifications,
    update_resource_tags,
)

_ATTRIBUTES = ("AssignIpv6AddressOnCreation", "EnableDns64", "MapPublicIpOnLaunch")


class Subnet(Ec2Resource):
    TYPE = "AWS::EC2::Subnet"
    DEFAULTS = dict.fromkeys(_ATTRIBUTES, False)
    FIXED = ("EnableLniAtDeviceIndex", "Ipv6CidrBlock", "PrivateDnsNameOptionsOnLaunch")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        ec2, model = self.ec2(request), request.desired_state
        arguments = to_request(ec2, "CreateSubnet", model, ignore=("Tags", *_ATTRIBUTES))
        subnet = ec2.create_subnet(**arguments, TagSpecifications=tag_specifications(request, "subnet"))["Subnet"]
        model["SubnetId"] = subnet["SubnetId"]
        modify_attributes(ec2, "ModifySubnetAttribute", "SubnetId", model, _ATTRIBUTES)
        return self._complete(request)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        ec2, model = self.ec2(request), request.desired_state
        model["SubnetId"] = request.previous_state["SubnetId"]
        modify_attributes(ec2, "ModifySubnetAttribute", "SubnetId", model, _ATTRIBUTES)
        update_resource_tags(ec2, model["SubnetId"], request)
        return self._complete(request)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.ec2(request).delete_subnet(SubnetId=request.desired_state["SubnetId"])
        return self.done({})

    def _complete(self, request: ResourceRequest) -> ProgressEvent:
        """Completes the model with the attributes for GetAtt."""
        ec2, model = self.ec2(request), request.desired_state
        subnet = ec2.describe_subnets(SubnetIds=[model["SubnetId"]])["Subnets"][0]
        by_subnet = {"Name": "association.subnet-id", "Values": [model["SubnetId"]]}
        for acl in ec2.describe_network_acls(Filters=[by_subnet])["NetworkAcls"]:
            for association in acl["Associations"]:
                if association["SubnetId"] == model["SubnetId"]:
                    model["NetworkAclAssociationId"] = association["NetworkAclAssociationId"]
        model.update(present(subnet, "AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "VpcId"))
        return self.done(model)
