"""AWS::EC2::VPC.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpc.html
"""

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.core_types.ec2.ec2_resource import (
    Ec2Resource,
    modify_attributes,
    tag_specifications,
    update_resource_tags,
)

_DNS_ATTRIBUTES = ("EnableDnsSupport", "EnableDnsHostnames")


class Vpc(Ec2Resource):
    TYPE = "AWS::EC2::VPC"
    DEFAULTS = {"EnableDnsHostnames": False, "EnableDnsSupport": True}
    FIXED = ("InstanceTenancy",)

    def create(self, request: ResourceRequest) -> ProgressEvent:
        ec2, model = self.ec2(request), request.desired_state
        arguments = to_request(ec2, "CreateVpc", model, ignore=("Tags", *_DNS_ATTRIBUTES))
        vpc = ec2.create_vpc(**arguments, TagSpecifications=tag_specifications(request, "vpc"))["Vpc"]
        model["VpcId"] = vpc["VpcId"]
        modify_attributes(ec2, "ModifyVpcAttribute", "VpcId", model, _DNS_ATTRIBUTES)
        return self._complete(request)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        ec2, model = self.ec2(request), request.desired_state
        model["VpcId"] = request.previous_state["VpcId"]
        modify_attributes(ec2, "ModifyVpcAttribute", "VpcId", model, _DNS_ATTRIBUTES)
        update_resource_tags(ec2, model["VpcId"], request)
        return self._complete(request)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.ec2(request).delete_vpc(VpcId=request.desired_state["VpcId"])
        return self.done({})

    def _complete(self, request: ResourceRequest) -> ProgressEvent:
        """Completes the model with the attributes for GetAtt."""
        ec2, model = self.ec2(request), request.desired_state
        vpc = ec2.describe_vpcs(VpcIds=[model["VpcId"]])["Vpcs"][0]
        in_vpc = {"Name": "vpc-id", "Values": [model["VpcId"]]}
        groups = ec2.describe_security_groups(Filters=[in_vpc, {"Name": "group-name", "Values": ["default"]}])
        acls = ec2.describe_network_acls(Filters=[in_vpc, {"Name": "default", "Values": ["true"]}])
        associations = vpc.get("CidrBlockAssociationSet", [])
        model.update(
            CidrBlock=vpc["CidrBlock"],
            CidrBlockAssociations=[association["AssociationId"] for association in associations],
            DefaultSecurityGroup=groups["SecurityGroups"][0]["GroupId"],
            DefaultNetworkAcl=acls["NetworkAcls"][0]["NetworkAclId"],
            Ipv6CidrBlocks=[item["Ipv6CidrBlock"] for item in vpc.get("Ipv6CidrBlockAssociationSet", [])],
        )
        return self.done(model)
