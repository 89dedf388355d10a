"""VPCs, subnets, route tables, routes, internet gateways, addresses."""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.core_types.ec2.base import Ec2Resource, present, retag, tag_specifications

VPC_SWITCHES = ("EnableDnsSupport", "EnableDnsHostnames")
SUBNET_SWITCHES = ("AssignIpv6AddressOnCreation", "EnableDns64", "MapPublicIpOnLaunch")
ROUTE_TARGETS = (
    "EgressOnlyInternetGatewayId",
    "GatewayId",
    "InstanceId",
    "NatGatewayId",
    "NetworkInterfaceId",
    "TransitGatewayId",
    "VpcEndpointId",
    "VpcPeeringConnectionId",
)
ROUTE_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")


def is_true(value: Any) -> bool:
    """A boolean property, which a template may also give as text."""
    return str(value).lower() == "true"


class Vpc(Ec2Resource):
    TYPE = "AWS::EC2::VPC"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        ec2, model = self.ec2(request), request.desired_state
        vpc = ec2.create_vpc(
            **present(model, "CidrBlock", "InstanceTenancy"), TagSpecifications=tag_specifications(request, "vpc")
        )["Vpc"]
        model["VpcId"] = vpc["VpcId"]
        self._switch(ec2, model)
        return self.read(request)

    def read(self, request: ResourceRequest) -> ProgressEvent:
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

    def update(self, request: ResourceRequest) -> ProgressEvent:
        ec2, model = self.ec2(request), request.desired_state
        model["VpcId"] = request.previous_state["VpcId"]
        self._switch(ec2, model)
        retag(ec2, model["VpcId"], request)
        return self.read(request)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.ec2(request).delete_vpc(VpcId=request.desired_state["VpcId"])
        return self.done({})

    @staticmethod
    def _switch(ec2: Any, model: dict[str, Any]) -> None:
        for name, value in present(model, *VPC_SWITCHES).items():
            ec2.modify_vpc_attribute(VpcId=model["VpcId"], **{name: {"Value": is_true(value)}})


class Subnet(Ec2Resource):
    TYPE = "AWS::EC2::Subnet"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        ec2, model = self.ec2(request), request.desired_state
        properties = present(model, "AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "Ipv6CidrBlock", "VpcId")
        subnet = ec2.create_subnet(**properties, TagSpecifications=tag_specifications(request, "subnet"))["Subnet"]
        model["SubnetId"] = subnet["SubnetId"]
        self._switch(ec2, model)
        return self.read(request)

    def read(self, request: ResourceRequest) -> ProgressEvent:
        ec2, model = self.ec2(request), request.desired_state
        subnet = ec2.describe_subnets(SubnetIds=[model["SubnetId"]])["Subnets"][0]
        by_subnet = {"Name": "association.subnet-id", "Values": [model["SubnetId"]]}
        for acl in ec2.describe_network_acls(Filters=[by_subnet])["NetworkAcls"]:
            for association in acl["Associations"]:
                if association["SubnetId"] == model["SubnetId"]:
                    model["NetworkAclAssociationId"] = association["NetworkAclAssociationId"]
        model.update(present(subnet, "AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "VpcId"))
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        ec2, model = self.ec2(request), request.desired_state
        model["SubnetId"] = request.previous_state["SubnetId"]
        self._switch(ec2, model)
        retag(ec2, model["SubnetId"], request)
        return self.read(request)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.ec2(request).delete_subnet(SubnetId=request.desired_state["SubnetId"])
        return self.done({})

    @staticmethod
    def _switch(ec2: Any, model: dict[str, Any]) -> None:
        for name, value in present(model, *SUBNET_SWITCHES).items():
            ec2.modify_subnet_attribute(SubnetId=model["SubnetId"], **{name: {"Value": is_true(value)}})


class RouteTable(Ec2Resource):
    TYPE = "AWS::EC2::RouteTable"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        table = self.ec2(request).create_route_table(
            VpcId=model["VpcId"], TagSpecifications=tag_specifications(request, "route-table")
        )["RouteTable"]
        model["RouteTableId"] = table["RouteTableId"]
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        model["RouteTableId"] = request.previous_state["RouteTableId"]
        retag(self.ec2(request), model["RouteTableId"], request)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.ec2(request).delete_route_table(RouteTableId=request.desired_state["RouteTableId"])
        return self.done({})


class Route(Ec2Resource):
    TYPE = "AWS::EC2::Route"
    PHYSICAL_ID = "</properties/RouteTableId>|</properties/CidrBlock>"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        self.ec2(request).create_route(**present(model, "RouteTableId", *ROUTE_DESTINATIONS, *ROUTE_TARGETS))
        model["CidrBlock"] = next(iter(present(model, *ROUTE_DESTINATIONS).values()))
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        self.ec2(request).replace_route(**present(model, "RouteTableId", *ROUTE_DESTINATIONS, *ROUTE_TARGETS))
        return self.done({**model, "CidrBlock": request.previous_state["CidrBlock"]})

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.ec2(request).delete_route(**present(request.desired_state, "RouteTableId", *ROUTE_DESTINATIONS))
        return self.done({})


class InternetGateway(Ec2Resource):
    TYPE = "AWS::EC2::InternetGateway"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        gateway = self.ec2(request).create_internet_gateway(
            TagSpecifications=tag_specifications(request, "internet-gateway")
        )["InternetGateway"]
        return self.done({**model, "InternetGatewayId": gateway["InternetGatewayId"]})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        gateway = request.previous_state["InternetGatewayId"]
        retag(self.ec2(request), gateway, request)
        return self.done({**request.desired_state, "InternetGatewayId": gateway})

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.ec2(request).delete_internet_gateway(InternetGatewayId=request.desired_state["InternetGatewayId"])
        return self.done({})


class ElasticIp(Ec2Resource):
    TYPE = "AWS::EC2::EIP"
    # Ref gives the address: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-eip.html
    PHYSICAL_ID = "/properties/PublicIp"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        ec2, model = self.ec2(request), request.desired_state
        address = ec2.allocate_address(
            Domain=model.get("Domain") or "vpc", TagSpecifications=tag_specifications(request, "elastic-ip")
        )
        model.update(PublicIp=address["PublicIp"], AllocationId=address["AllocationId"])
        self._associate(ec2, model)
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        ec2, model, previous = self.ec2(request), request.desired_state, request.previous_state
        model.update(present(previous, "PublicIp", "AllocationId"))
        if model.get("InstanceId") != previous.get("InstanceId"):
            if previous.get("InstanceId"):
                ec2.disassociate_address(PublicIp=model["PublicIp"])
            self._associate(ec2, model)
        retag(ec2, model["AllocationId"], request)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.ec2(request).release_address(AllocationId=request.desired_state["AllocationId"])
        return self.done({})

    @staticmethod
    def _associate(ec2: Any, model: dict[str, Any]) -> None:
        if model.get("InstanceId"):
            ec2.associate_address(AllocationId=model["AllocationId"], InstanceId=model["InstanceId"])
