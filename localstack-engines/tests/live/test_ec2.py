"""The EC2 types of CloudFormation: the describe calls show what the template says."""

from collections.abc import Callable
from typing import Any

import pytest

from lab.localstack import REGION
from lab.stacks import Stack

NETWORK = {
    "Vpc": {
        "Type": "AWS::EC2::VPC",
        "Properties": {"CidrBlock": "10.61.0.0/16", "EnableDnsHostnames": True, "EnableDnsSupport": "true"},
    },
    "Subnet": {
        "Type": "AWS::EC2::Subnet",
        "Properties": {
            "VpcId": {"Ref": "Vpc"},
            "CidrBlock": "10.61.1.0/24",
            "AvailabilityZone": f"{REGION}b",
            "MapPublicIpOnLaunch": True,
        },
    },
}


def group(**properties: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::EC2::SecurityGroup",
        "Properties": {"GroupDescription": "a group", "VpcId": {"Ref": "Vpc"}, **properties},
    }


@pytest.fixture
def ec2(aws: Callable[..., Any]) -> Any:
    return aws("ec2")


def test_a_network_has_its_routes_and_attributes(ec2: Any, stack: Stack) -> None:
    resources = {
        **NETWORK,
        "Gateway": {"Type": "AWS::EC2::InternetGateway", "Properties": {"Tags": [{"Key": "Name", "Value": "gateway"}]}},
        "Attachment": {
            "Type": "AWS::EC2::VPCGatewayAttachment",
            "Properties": {"VpcId": {"Ref": "Vpc"}, "InternetGatewayId": {"Ref": "Gateway"}},
        },
        "Table": {"Type": "AWS::EC2::RouteTable", "Properties": {"VpcId": {"Ref": "Vpc"}}},
        "Association": {
            "Type": "AWS::EC2::SubnetRouteTableAssociation",
            "Properties": {"SubnetId": {"Ref": "Subnet"}, "RouteTableId": {"Ref": "Table"}},
        },
        "Route": {
            "Type": "AWS::EC2::Route",
            "DependsOn": "Attachment",
            "Properties": {
                "RouteTableId": {"Ref": "Table"},
                "DestinationCidrBlock": "0.0.0.0/0",
                "GatewayId": {"Ref": "Gateway"},
            },
        },
    }
    outputs = stack.deploy(
        resources,
        {
            "Vpc": {"Ref": "Vpc"},
            "Cidr": {"Fn::GetAtt": ["Vpc", "CidrBlock"]},
            "DefaultGroup": {"Fn::GetAtt": ["Vpc", "DefaultSecurityGroup"]},
            "Zone": {"Fn::GetAtt": ["Subnet", "AvailabilityZone"]},
            "Table": {"Ref": "Table"},
            "Gateway": {"Ref": "Gateway"},
            "Route": {"Ref": "Route"},
        },
    )
    assert outputs["Cidr"] == "10.61.0.0/16"
    assert outputs["Zone"] == f"{REGION}b"
    assert outputs["DefaultGroup"].startswith("sg-")
    assert outputs["Route"] == f"{outputs['Table']}|0.0.0.0/0"
    names = ec2.describe_vpc_attribute(VpcId=outputs["Vpc"], Attribute="enableDnsHostnames")
    assert names["EnableDnsHostnames"]["Value"] is True
    subnet = ec2.describe_subnets(SubnetIds=[stack.physical_id("Subnet")])["Subnets"][0]
    assert subnet["MapPublicIpOnLaunch"] is True
    table = ec2.describe_route_tables(RouteTableIds=[outputs["Table"]])["RouteTables"][0]
    assert outputs["Gateway"] in [route.get("GatewayId") for route in table["Routes"]]
    stack.delete()
    assert outputs["Vpc"] not in [vpc["VpcId"] for vpc in ec2.describe_vpcs()["Vpcs"]]


def rules_of(ec2: Any, group_id: str) -> tuple[set[tuple[Any, ...]], set[tuple[Any, ...]]]:
    """Returns the ingress and the egress rules of a group as (protocol, first port, last port, peer)."""
    found = ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0]

    def flat(permissions: list[dict[str, Any]]) -> set[tuple[Any, ...]]:
        result = set()
        for item in permissions:
            peers = [entry["CidrIp"] for entry in item.get("IpRanges", [])]
            peers += [entry["GroupId"] for entry in item.get("UserIdGroupPairs", [])]
            for peer in peers:
                result.add((item["IpProtocol"], item.get("FromPort"), item.get("ToPort"), peer))
        return result

    return flat(found["IpPermissions"]), flat(found["IpPermissionsEgress"])


def test_the_rules_of_a_security_group_are_created_and_updated(ec2: Any, stack: Stack) -> None:
    web = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/8", "Description": "web"}
    ssh = {"IpProtocol": "tcp", "FromPort": "22", "ToPort": "22", "CidrIp": "10.1.0.0/16"}
    out = {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "CidrIp": "10.61.0.0/16"}
    stack.deploy({**NETWORK, "Group": group(SecurityGroupIngress=[web], SecurityGroupEgress=[out])})
    name = stack.physical_id("Group")
    assert rules_of(ec2, name) == ({("tcp", 443, 443, "10.0.0.0/8")}, {("tcp", 5432, 5432, "10.61.0.0/16")})
    stack.deploy({**NETWORK, "Group": group(SecurityGroupIngress=[ssh], SecurityGroupEgress=[out])})
    assert stack.physical_id("Group") == name
    assert rules_of(ec2, name)[0] == {("tcp", 22, 22, "10.1.0.0/16")}


def test_a_group_without_egress_rules_allows_all_egress(ec2: Any, stack: Stack) -> None:
    stack.deploy({**NETWORK, "Group": group()})
    assert rules_of(ec2, stack.physical_id("Group")) == (set(), {("-1", None, None, "0.0.0.0/0")})


def test_rules_as_resources_are_created_and_deleted(ec2: Any, stack: Stack) -> None:
    base = {**NETWORK, "Client": group(), "Server": group()}
    port = {"IpProtocol": "tcp", "FromPort": 8080, "ToPort": 8080}
    rules = {
        "In": {
            "Type": "AWS::EC2::SecurityGroupIngress",
            "Properties": {
                "GroupId": {"Fn::GetAtt": ["Server", "GroupId"]},
                "SourceSecurityGroupId": {"Fn::GetAtt": ["Client", "GroupId"]},
                **port,
            },
        },
        "Out": {
            "Type": "AWS::EC2::SecurityGroupEgress",
            "Properties": {
                "GroupId": {"Fn::GetAtt": ["Client", "GroupId"]},
                "DestinationSecurityGroupId": {"Fn::GetAtt": ["Server", "GroupId"]},
                **port,
            },
        },
    }
    stack.deploy({**base, **rules})
    client, server = stack.physical_id("Client"), stack.physical_id("Server")
    assert stack.physical_id("In").startswith("sgr-")
    assert stack.physical_id("Out").startswith("sgr-")
    assert rules_of(ec2, server)[0] == {("tcp", 8080, 8080, client)}
    assert ("tcp", 8080, 8080, server) in rules_of(ec2, client)[1]
    stack.deploy(base)
    assert rules_of(ec2, server)[0] == set()
    assert ("tcp", 8080, 8080, server) not in rules_of(ec2, client)[1]


def test_addresses_endpoints_and_flow_logs_are_recorded(
    aws: Callable[..., Any], ec2: Any, stack: Stack, unique: str
) -> None:
    resources = {
        **NETWORK,
        "Address": {"Type": "AWS::EC2::EIP", "Properties": {"Domain": "vpc"}},
        "Endpoint": {
            "Type": "AWS::EC2::VPCEndpoint",
            "Properties": {
                "VpcId": {"Ref": "Vpc"},
                "ServiceName": f"com.amazonaws.{REGION}.secretsmanager",
                "VpcEndpointType": "Interface",
                "SubnetIds": [{"Ref": "Subnet"}],
                "PrivateDnsEnabled": True,
            },
        },
        "Log": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": f"/test/{unique}"}},
        "FlowLog": {
            "Type": "AWS::EC2::FlowLog",
            "Properties": {
                "ResourceId": {"Ref": "Vpc"},
                "ResourceType": "VPC",
                "TrafficType": "REJECT",
                "LogGroupName": {"Ref": "Log"},
                "DeliverLogsPermissionArn": "arn:aws:iam::000000000000:role/flow",
            },
        },
    }
    outputs = stack.deploy(
        resources, {"Address": {"Ref": "Address"}, "Allocation": {"Fn::GetAtt": ["Address", "AllocationId"]}}
    )
    address = ec2.describe_addresses(AllocationIds=[outputs["Allocation"]])["Addresses"][0]
    assert address["PublicIp"] == outputs["Address"]
    endpoint = ec2.describe_vpc_endpoints(VpcEndpointIds=[stack.physical_id("Endpoint")])["VpcEndpoints"][0]
    assert endpoint["State"] == "available"
    assert endpoint["PrivateDnsEnabled"] is True
    flow_log = ec2.describe_flow_logs(FlowLogIds=[stack.physical_id("FlowLog")])["FlowLogs"][0]
    assert flow_log["TrafficType"] == "REJECT"
    stack.delete()
    assert outputs["Address"] not in [item["PublicIp"] for item in ec2.describe_addresses()["Addresses"]]
