"""AWS::EC2::VPCEndpoint: a record that describe calls return, and that decides what a VPC reaches (network/endpoints).

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-vpcendpoint.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import json_text, to_request
from localstack_engines.cloudformation.resource import Failed
from localstack_engines.core_types.ec2.ec2_resource import Ec2Resource, tag_specifications, update_resource_tags

_SETS = ("RouteTableIds", "SubnetIds", "SecurityGroupIds")


class VpcEndpoint(Ec2Resource):
    TYPE = "AWS::EC2::VPCEndpoint"
    RESET = ("PolicyDocument", *_SETS, "Tags")
    FIXED = ("DnsOptions", "IpAddressType", "PrivateDnsEnabled")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        ec2, model = self.ec2(request), request.desired_state
        if "Id" not in model:
            properties = {**model, "PolicyDocument": _policy(model)}
            arguments = to_request(ec2, "CreateVpcEndpoint", properties, ignore=("Tags",))
            tags = tag_specifications(request, "vpc-endpoint")
            endpoint = ec2.create_vpc_endpoint(**arguments, TagSpecifications=tags)["VpcEndpoint"]
            model["Id"] = endpoint["VpcEndpointId"]
        return self._await(request, ec2, model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        ec2, model, previous = self.ec2(request), request.desired_state, request.previous_state
        model["Id"] = previous["Id"]
        changes: dict[str, Any] = {}
        if set(previous.get("SecurityGroupIds") or []) != set(model.get("SecurityGroupIds") or []):
            raise Failed("The local EC2 cannot change an endpoint's security groups")
        for name in _SETS:
            old, new = set(previous.get(name) or []), set(model.get(name) or [])
            changes.update({f"Add{name}": sorted(new - old), f"Remove{name}": sorted(old - new)})
        if _policy(model) != _policy(previous):
            changes.update({"PolicyDocument": _policy(model)} if _policy(model) else {"ResetPolicy": True})
        if changes := {name: value for name, value in changes.items() if value}:
            ec2.modify_vpc_endpoint(VpcEndpointId=model["Id"], **changes)
        update_resource_tags(ec2, model["Id"], request)
        return self._await(request, ec2, model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.ec2(request).delete_vpc_endpoints(VpcEndpointIds=[request.desired_state["Id"]])
        return self.done({})

    def _await(self, request: ResourceRequest, ec2: Any, model: dict[str, Any]) -> ProgressEvent:
        endpoint = ec2.describe_vpc_endpoints(VpcEndpointIds=[model["Id"]])["VpcEndpoints"][0]
        state = endpoint["State"].lower()
        if state.startswith("pending"):
            return self.wait(request, model)
        if state != "available":
            raise Failed(f"The VPC endpoint {model['Id']} is {state}")
        entries = endpoint.get("DnsEntries") or []
        model.update(
            CreationTimestamp=str(endpoint.get("CreationTimestamp", "")),
            DnsEntries=[f"{entry.get('HostedZoneId', '')}:{entry.get('DnsName', '')}" for entry in entries],
            NetworkInterfaceIds=endpoint.get("NetworkInterfaceIds") or [],
        )
        return self.done(model)


def _policy(model: dict[str, Any]) -> str | None:
    return json_text(model["PolicyDocument"]) if model.get("PolicyDocument") else None
