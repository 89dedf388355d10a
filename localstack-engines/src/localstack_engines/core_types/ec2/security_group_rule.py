"""The base class of rules of security groups, and the conversion of rules."""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.core_types.ec2.ec2_resource import Ec2Resource, present


class SecurityGroupRule(Ec2Resource):
    """A rule of a security group. An update changes its description; all other changes replace the rule."""

    DIRECTION: str
    """`ingress` or `egress`, as EC2's operations spell it."""
    RESET = ("Description",)

    def create(self, request: ResourceRequest) -> ProgressEvent:
        rules = self._call(request, "authorize_security_group_{}")["SecurityGroupRules"]
        return self.done({**request.desired_state, "Id": rules[0]["SecurityGroupRuleId"]})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        self._call(request, "update_security_group_rule_descriptions_{}")
        return self.done({**request.desired_state, "Id": request.previous_state["Id"]})

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self._call(request, "revoke_security_group_{}")
        return self.done({})

    def _call(self, request: ResourceRequest, operation: str) -> dict[str, Any]:
        ec2, model = self.ec2(request), request.desired_state
        group = present(model, "GroupId") or present(model, "GroupName")
        call = getattr(ec2, operation.format(self.DIRECTION))
        return dict(call(**group, IpPermissions=[ip_permission(ec2, model)]))


def ip_permission(ec2: Any, rule: dict[str, Any]) -> dict[str, Any]:
    """Returns a template's rule as an IpPermission of EC2's API."""
    permission = {"IpProtocol": rule["IpProtocol"], **present(rule, "FromPort", "ToPort"), **_peer(rule)}
    arguments = to_request(ec2, "AuthorizeSecurityGroupIngress", {"IpPermissions": [permission]})
    return dict(arguments["IpPermissions"][0])


def _peer(rule: dict[str, Any]) -> dict[str, Any]:
    described = present(rule, "Description")
    group = rule.get("SourceSecurityGroupId") or rule.get("DestinationSecurityGroupId")
    prefix_list = rule.get("SourcePrefixListId") or rule.get("DestinationPrefixListId")
    if rule.get("CidrIp"):
        return {"IpRanges": [{"CidrIp": rule["CidrIp"], **described}]}
    if rule.get("CidrIpv6"):
        return {"Ipv6Ranges": [{"CidrIpv6": rule["CidrIpv6"], **described}]}
    if prefix_list:
        return {"PrefixListIds": [{"PrefixListId": prefix_list, **described}]}
    if group or rule.get("SourceSecurityGroupName"):
        peer = {"GroupId": group} if group else {"GroupName": rule["SourceSecurityGroupName"]}
        owner = rule.get("SourceSecurityGroupOwnerId")
        return {"UserIdGroupPairs": [{**peer, **({"UserId": owner} if owner else {}), **described}]}
    return {}
