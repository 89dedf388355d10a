"""What the local ELBv2 service does with each operation and member of its API. See `toolkit/support.py`."""

from localstack_engines.toolkit.support import Members, Support

_TRUST = "mutual authentication of clients is not supported"
_REFUSED = {
    "AddTrustStoreRevocations": _TRUST,
    "CreateTrustStore": _TRUST,
    "ModifyTrustStore": _TRUST,
    "RemoveTrustStoreRevocations": _TRUST,
    "ModifyCapacityReservation": "there is no capacity to reserve",
    "ModifyIpPools": "addresses come from the subnets of the load balancer",
}

_PAGE = "Marker PageSize"
_ELASTIC_IP = "an Elastic IP address does not lead to this machine: the listeners' published ports do"
_PRIVATE_LINK = "there is no PrivateLink"
_CHECK = (
    "HealthCheckProtocol HealthCheckPort HealthCheckEnabled HealthCheckPath HealthCheckIntervalSeconds "
    "HealthCheckTimeoutSeconds HealthyThresholdCount UnhealthyThresholdCount Matcher"
)
_MEMBERS = {
    "Action": Members(
        "Type TargetGroupArn RedirectConfig FixedResponseConfig ForwardConfig",
        recorded="Order",
    ),
    "AddListenerCertificatesInput": Members("ListenerArn Certificates"),
    "AddTagsInput": Members("ResourceArns Tags"),
    "Certificate": Members("CertificateArn IsDefault"),
    "CreateListenerInput": Members(
        "LoadBalancerArn Protocol Port SslPolicy Certificates DefaultActions AlpnPolicy MutualAuthentication Tags"
    ),
    "CreateLoadBalancerInput": Members(
        "Name Subnets SubnetMappings SecurityGroups Scheme Tags Type IpAddressType",
        only={"EnablePrefixForIpv6SourceNat": ("off",)},
    ),
    "CreateRuleInput": Members("ListenerArn Conditions Priority Actions Tags"),
    "CreateTargetGroupInput": Members(
        f"Name Protocol ProtocolVersion Port VpcId TargetType IpAddressType Tags {_CHECK}"
    ),
    "DeleteListenerInput": Members("ListenerArn"),
    "DeleteLoadBalancerInput": Members("LoadBalancerArn"),
    "DeleteRuleInput": Members("RuleArn"),
    "DeleteTargetGroupInput": Members("TargetGroupArn"),
    "DeregisterTargetsInput": Members("TargetGroupArn Targets"),
    "DescribeCapacityReservationInput": Members("LoadBalancerArn"),
    "DescribeTrustStoresInput": Members(
        "TrustStoreArns Names",
        ignored=dict.fromkeys(("Marker", "PageSize"), "there are none, and no operation makes one"),
    ),
    "DescribeAccountLimitsInput": Members(_PAGE),
    "DescribeListenerAttributesInput": Members("ListenerArn"),
    "DescribeListenerCertificatesInput": Members(f"ListenerArn {_PAGE}"),
    "DescribeListenersInput": Members(f"LoadBalancerArn ListenerArns {_PAGE}"),
    "DescribeLoadBalancerAttributesInput": Members("LoadBalancerArn"),
    "DescribeLoadBalancersInput": Members(f"LoadBalancerArns Names {_PAGE}"),
    "DescribeRulesInput": Members(f"ListenerArn RuleArns {_PAGE}"),
    "DescribeSSLPoliciesInput": Members(
        f"Names {_PAGE}", ignored={"LoadBalancerType": "each policy is offered for both types"}
    ),
    "DescribeTagsInput": Members("ResourceArns"),
    "DescribeTargetGroupAttributesInput": Members("TargetGroupArn"),
    "DescribeTargetGroupsInput": Members(f"LoadBalancerArn TargetGroupArns Names {_PAGE}"),
    "DescribeTargetHealthInput": Members(
        "TargetGroupArn Targets", ignored={"Include": "no target is treated as an anomaly or by an override"}
    ),
    "FixedResponseActionConfig": Members("MessageBody StatusCode ContentType"),
    "ForwardActionConfig": Members("TargetGroups TargetGroupStickinessConfig"),
    "HostHeaderConditionConfig": Members("Values"),
    "HttpHeaderConditionConfig": Members("HttpHeaderName Values"),
    "HttpRequestMethodConditionConfig": Members("Values"),
    "ListenerAttribute": Members("Key Value"),
    "LoadBalancerAttribute": Members("Key Value"),
    "Matcher": Members("HttpCode GrpcCode"),
    "ModifyListenerAttributesInput": Members("ListenerArn Attributes"),
    "ModifyListenerInput": Members(
        "ListenerArn Port Protocol SslPolicy Certificates DefaultActions AlpnPolicy MutualAuthentication"
    ),
    "ModifyLoadBalancerAttributesInput": Members("LoadBalancerArn Attributes"),
    "ModifyRuleInput": Members("RuleArn Conditions Actions", ignored={"ResetTransforms": "no rule has transforms"}),
    "ModifyTargetGroupAttributesInput": Members("TargetGroupArn Attributes"),
    "ModifyTargetGroupInput": Members(f"TargetGroupArn {_CHECK}"),
    "MutualAuthenticationAttributes": Members("Mode"),
    "PathPatternConditionConfig": Members("Values"),
    "QueryStringConditionConfig": Members("Values"),
    "QueryStringKeyValuePair": Members("Key Value"),
    "RedirectActionConfig": Members("Protocol Port Host Path Query StatusCode"),
    "RegisterTargetsInput": Members("TargetGroupArn Targets"),
    "RemoveListenerCertificatesInput": Members("ListenerArn Certificates"),
    "RemoveTagsInput": Members("ResourceArns TagKeys"),
    "RuleCondition": Members(
        "Field Values HostHeaderConfig PathPatternConfig HttpHeaderConfig QueryStringConfig HttpRequestMethodConfig "
        "SourceIpConfig"
    ),
    "RulePriorityPair": Members("RuleArn Priority"),
    "SetIpAddressTypeInput": Members("LoadBalancerArn IpAddressType"),
    "SetRulePrioritiesInput": Members("RulePriorities"),
    "SetSecurityGroupsInput": Members(
        "LoadBalancerArn SecurityGroups",
        ignored={"EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic": _PRIVATE_LINK},
    ),
    "SetSubnetsInput": Members(
        "LoadBalancerArn Subnets SubnetMappings IpAddressType", only={"EnablePrefixForIpv6SourceNat": ("off",)}
    ),
    "SourceIpConditionConfig": Members("Values IpAddressType"),
    "SubnetMapping": Members("SubnetId", ignored={"AllocationId": _ELASTIC_IP}),
    "Tag": Members("Key", recorded="Value"),
    "TargetDescription": Members("Id Port", recorded="AvailabilityZone"),
    "TargetGroupAttribute": Members("Key Value"),
    "TargetGroupStickinessConfig": Members(
        "Enabled", ignored={"DurationSeconds": "no client sticks to a target group"}
    ),
    "TargetGroupTuple": Members("TargetGroupArn Weight"),
}
"""What becomes of the members of each structure in the requests of the operations that are the plugin's own."""

SUPPORT = Support("ValidationError", _MEMBERS, refused=_REFUSED)
