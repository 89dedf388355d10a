"""Security groups and their rules.

LocalStack's own type makes the group and drops every rule; what CloudFormation is told
is what describe-security-groups has to show.
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.core_types.ec2.base import Ec2Resource, present, retag, tag_specifications

EVERYTHING_OUT = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
"""The rule that EC2 gives every new group, and that CloudFormation removes when the template has its own."""


def permission(rule: dict[str, Any]) -> dict[str, Any]:
    """A template's rule as the IpPermission of EC2's API."""
    result: dict[str, Any] = {"IpProtocol": str(rule["IpProtocol"])}
    result.update({name: int(value) for name, value in present(rule, "FromPort", "ToPort").items()})
    described = present(rule, "Description")
    peer = rule.get("SourceSecurityGroupId") or rule.get("DestinationSecurityGroupId")
    peer_name = rule.get("SourceSecurityGroupName")
    prefix_list = rule.get("SourcePrefixListId") or rule.get("DestinationPrefixListId")
    if rule.get("CidrIp"):
        result["IpRanges"] = [{"CidrIp": rule["CidrIp"], **described}]
    elif rule.get("CidrIpv6"):
        result["Ipv6Ranges"] = [{"CidrIpv6": rule["CidrIpv6"], **described}]
    elif prefix_list:
        result["PrefixListIds"] = [{"PrefixListId": prefix_list, **described}]
    elif peer or peer_name:
        group = {"GroupId": peer} if peer else {"GroupName": peer_name}
        owner = rule.get("SourceSecurityGroupOwnerId")
        result["UserIdGroupPairs"] = [{**group, **({"UserId": owner} if owner else {}), **described}]
    return result


class SecurityGroup(Ec2Resource):
    TYPE = "AWS::EC2::SecurityGroup"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        ec2, model = self.ec2(request), request.desired_state
        model.setdefault("GroupName", self.default_name(request, length=255))
        group = ec2.create_security_group(
            GroupName=model["GroupName"],
            Description=model["GroupDescription"],
            TagSpecifications=tag_specifications(request, "security-group"),
            **present(model, "VpcId"),
        )
        # Ref is the id in a VPC, and every group is in one today.
        model["Id"] = model["GroupId"] = group["GroupId"]
        if model.get("SecurityGroupEgress"):
            ec2.revoke_security_group_egress(GroupId=model["Id"], IpPermissions=[EVERYTHING_OUT])
        self._change(ec2, model["Id"], {}, model)
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        ec2, model, previous = self.ec2(request), request.desired_state, request.previous_state
        model["Id"] = model["GroupId"] = previous["GroupId"]
        model.setdefault("GroupName", previous["GroupName"])
        self._change(ec2, model["Id"], previous, model)
        retag(ec2, model["Id"], request)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.ec2(request).delete_security_group(GroupId=request.desired_state["GroupId"])
        return self.done({})

    @staticmethod
    def _change(ec2: Any, group: str, old: dict[str, Any], new: dict[str, Any]) -> None:
        for direction in ("ingress", "egress"):
            name = f"SecurityGroup{direction.title()}"
            before = [permission(rule) for rule in old.get(name) or []]
            after = [permission(rule) for rule in new.get(name) or []]
            if gone := [rule for rule in before if rule not in after]:
                getattr(ec2, f"revoke_security_group_{direction}")(GroupId=group, IpPermissions=gone)
            if added := [rule for rule in after if rule not in before]:
                getattr(ec2, f"authorize_security_group_{direction}")(GroupId=group, IpPermissions=added)


class Rule(Ec2Resource):
    """A rule as a resource of its own. Everything but its description makes a new rule."""

    DIRECTION: str

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        rules = self._authorize(request, model)
        return self.done({**model, "Id": rules[0]["SecurityGroupRuleId"]})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous = request.desired_state, request.previous_state
        update = getattr(self.ec2(request), f"update_security_group_rule_descriptions_{self.DIRECTION}")
        update(**self._group(model), IpPermissions=[permission(model)])
        return self.done({**model, "Id": previous["Id"]})

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        revoke = getattr(self.ec2(request), f"revoke_security_group_{self.DIRECTION}")
        revoke(**self._group(model), IpPermissions=[permission(model)])
        return self.done({})

    def _authorize(self, request: ResourceRequest, model: dict[str, Any]) -> list[dict[str, Any]]:
        authorize = getattr(self.ec2(request), f"authorize_security_group_{self.DIRECTION}")
        return list(authorize(**self._group(model), IpPermissions=[permission(model)])["SecurityGroupRules"])

    @staticmethod
    def _group(model: dict[str, Any]) -> dict[str, Any]:
        return present(model, "GroupId") or present(model, "GroupName")


class Ingress(Rule):
    TYPE = "AWS::EC2::SecurityGroupIngress"
    DIRECTION = "ingress"


class Egress(Rule):
    TYPE = "AWS::EC2::SecurityGroupEgress"
    DIRECTION = "egress"
