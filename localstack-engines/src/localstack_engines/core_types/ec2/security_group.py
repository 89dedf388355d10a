"""AWS::EC2::SecurityGroup: a group with the rules of the template. LocalStack's own type drops them.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-securitygroup.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.core_types.ec2.ec2_resource import Ec2Resource, tag_specifications, update_resource_tags
from localstack_engines.core_types.ec2.security_group_rule import ip_permission

_NOT_IN_CREATE = ("GroupDescription", "SecurityGroupEgress", "SecurityGroupIngress", "Tags")
_DEFAULT_RULES: dict[str, list[dict[str, Any]]] = {
    "ingress": [],
    "egress": [{"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}],
}
"""Rules of a new group. CloudFormation removes the one for egress while the template has egress rules."""


class SecurityGroup(Ec2Resource):
    TYPE = "AWS::EC2::SecurityGroup"
    RESET = ("SecurityGroupEgress", "SecurityGroupIngress", "Tags")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        ec2, model = self.ec2(request), request.desired_state
        model.setdefault("GroupName", self.default_name(request, length=255))
        properties = {**model, "Description": model["GroupDescription"]}
        arguments = to_request(ec2, "CreateSecurityGroup", properties, ignore=_NOT_IN_CREATE)
        group = ec2.create_security_group(**arguments, TagSpecifications=tag_specifications(request, "security-group"))
        # Ref returns the id of a group in a VPC, and EC2 has no other groups.
        model["Id"] = model["GroupId"] = group["GroupId"]
        self._update_rules(ec2, model["Id"], {}, model)
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        ec2, model, previous = self.ec2(request), request.desired_state, request.previous_state
        model["Id"] = model["GroupId"] = previous["GroupId"]
        model.setdefault("GroupName", previous["GroupName"])
        self._update_rules(ec2, model["Id"], previous, model)
        update_resource_tags(ec2, model["Id"], request)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.ec2(request).delete_security_group(GroupId=request.desired_state["GroupId"])
        return self.done({})

    @staticmethod
    def _update_rules(ec2: Any, group: str, old: dict[str, Any], new: dict[str, Any]) -> None:
        for direction in ("ingress", "egress"):
            name = f"SecurityGroup{direction.title()}"
            before, after = (
                [ip_permission(ec2, rule) for rule in model.get(name) or _DEFAULT_RULES[direction]]
                for model in (old, new)
            )
            if gone := [rule for rule in before if rule not in after]:
                getattr(ec2, f"revoke_security_group_{direction}")(GroupId=group, IpPermissions=gone)
            if added := [rule for rule in after if rule not in before]:
                getattr(ec2, f"authorize_security_group_{direction}")(GroupId=group, IpPermissions=added)
