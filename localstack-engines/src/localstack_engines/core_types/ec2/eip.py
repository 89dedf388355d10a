"""AWS::EC2::EIP: an Elastic IP address. Ref returns the address.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-eip.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.core_types.ec2.ec2_resource import (
    Ec2Resource,
    present,
    tag_specifications,
    update_resource_tags,
)


class Eip(Ec2Resource):
    TYPE = "AWS::EC2::EIP"
    PHYSICAL_ID = "/properties/PublicIp"
    RESET = ("Domain", "InstanceId", "Tags")
    FIXED = ("PublicIpv4Pool",)

    def create(self, request: ResourceRequest) -> ProgressEvent:
        ec2, model = self.ec2(request), request.desired_state
        properties = {**model, "Domain": model.get("Domain") or "vpc"}
        arguments = to_request(ec2, "AllocateAddress", properties, ignore=("InstanceId", "Tags"))
        address = ec2.allocate_address(**arguments, TagSpecifications=tag_specifications(request, "elastic-ip"))
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
        update_resource_tags(ec2, model["AllocationId"], request)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.ec2(request).release_address(AllocationId=request.desired_state["AllocationId"])
        return self.done({})

    @staticmethod
    def _associate(ec2: Any, model: dict[str, Any]) -> None:
        if model.get("InstanceId"):
            ec2.associate_address(AllocationId=model["AllocationId"], InstanceId=model["InstanceId"])
