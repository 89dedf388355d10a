"""VPC endpoints and flow logs: records that describe calls tell about.

Locally a VPC's tasks reach every AWS API at LocalStack, with or without an endpoint,
and a Docker network has no flow records.
"""

import json
from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.resource import Failed
from localstack_engines.core_types.ec2.base import Ec2Resource, present, retag, tag_specifications
from localstack_engines.core_types.ec2.vpc import is_true

SETS = ("RouteTableIds", "SubnetIds", "SecurityGroupIds")


class VpcEndpoint(Ec2Resource):
    TYPE = "AWS::EC2::VPCEndpoint"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        ec2, model = self.ec2(request), request.desired_state
        if "Id" not in model:
            properties = present(model, *SETS, "ServiceName", "VpcEndpointType", "VpcId")
            if model.get("PrivateDnsEnabled") is not None:
                properties["PrivateDnsEnabled"] = is_true(model["PrivateDnsEnabled"])
            if policy := _policy(model):
                properties["PolicyDocument"] = policy
            tags = tag_specifications(request, "vpc-endpoint")
            endpoint = ec2.create_vpc_endpoint(**properties, TagSpecifications=tags)["VpcEndpoint"]
            model["Id"] = endpoint["VpcEndpointId"]
        return self._await(request, ec2, model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        ec2, model, previous = self.ec2(request), request.desired_state, request.previous_state
        model["Id"] = previous["Id"]
        changes: dict[str, Any] = {}
        if set(previous.get("SecurityGroupIds") or []) != set(model.get("SecurityGroupIds") or []):
            raise Failed("The local EC2 cannot change an endpoint's security groups")
        for name in SETS:
            old, new = set(previous.get(name) or []), set(model.get(name) or [])
            changes.update({f"Add{name}": sorted(new - old), f"Remove{name}": sorted(old - new)})
        if _policy(model) != _policy(previous):
            changes.update({"PolicyDocument": _policy(model)} if _policy(model) else {"ResetPolicy": True})
        if changes := {name: value for name, value in changes.items() if value}:
            ec2.modify_vpc_endpoint(VpcEndpointId=model["Id"], **changes)
        retag(ec2, model["Id"], request)
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


class FlowLog(Ec2Resource):
    TYPE = "AWS::EC2::FlowLog"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        names = ("DeliverLogsPermissionArn", "LogDestination", "LogDestinationType", "LogFormat", "LogGroupName")
        properties = present(model, *names, "ResourceType", "TrafficType")
        if "MaxAggregationInterval" in model:
            properties["MaxAggregationInterval"] = int(model["MaxAggregationInterval"])
        tags = tag_specifications(request, "vpc-flow-log")
        answer = self.ec2(request).create_flow_logs(
            **properties, ResourceIds=[model["ResourceId"]], TagSpecifications=tags
        )
        if answer.get("Unsuccessful"):
            raise Failed(answer["Unsuccessful"][0]["Error"]["Message"])
        return self.done({**model, "Id": answer["FlowLogIds"][0]})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        flow_log = request.previous_state["Id"]
        retag(self.ec2(request), flow_log, request)
        return self.done({**request.desired_state, "Id": flow_log})

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.ec2(request).delete_flow_logs(FlowLogIds=[request.desired_state["Id"]])
        return self.done({})


def _policy(model: dict[str, Any]) -> str | None:
    policy = model.get("PolicyDocument")
    return json.dumps(policy) if isinstance(policy, dict) else policy
