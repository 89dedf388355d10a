"""What the valid requests of Elastic Load Balancing v2 need."""

from collections.abc import Callable
from functools import partial
from typing import Any

from conformance import resources
from conformance.worlds import Json, World, unique
from lab.localstack import client
from lab.waiting import until

_FIXED = {"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}
_PATH = {"Field": "path-pattern", "Values": ["/a"]}


def world(implemented: set[str]) -> World:
    api, ec2, acm, vpc = client("elbv2"), client("ec2"), client("acm"), resources.vpc("10.205.0.0/16")
    subnets = resources.two_subnets(vpc, "10.205")
    group = ec2.create_security_group(GroupName=unique(), Description="cf", VpcId=vpc)["GroupId"]
    certificates = [acm.request_certificate(DomainName=f"{unique()}.test")["CertificateArn"] for _ in range(2)]
    members = [{"CertificateArn": arn} for arn in certificates]
    target = [{"Id": "10.205.0.9", "Port": 80}]

    of_balancer, of_group = partial(_naming, "LoadBalancerArn"), partial(_naming, "TargetGroupArn")
    of_listener, of_rule = partial(_naming, "ListenerArn"), partial(_naming, "RuleArn")

    def listener(world: World) -> Json:
        arn = world.known["LoadBalancerArn"]
        until("active", lambda: _state(api, arn) == "active")
        https = {"Protocol": "HTTPS", "Certificates": members[:1]}
        return {"LoadBalancerArn": arn, "Port": 443, "DefaultActions": [_FIXED], **https}

    def tagged(**more: Any) -> Callable[[World], Json]:
        return lambda world: {"ResourceArns": [world.known["LoadBalancerArn"]], **more}

    def close(world: World) -> None:
        _remove_from(api, vpc)
        for arn in certificates:
            resources.quietly(acm.delete_certificate, CertificateArn=arn)
        ec2.delete_security_group(GroupId=group)
        for subnet in subnets:
            ec2.delete_subnet(SubnetId=subnet)
        resources.remove_vpc(vpc)

    return World(
        implemented,
        calls={
            "CreateLoadBalancer": {"Name": unique(), "Subnets": subnets},
            "CreateTargetGroup": {
                "Name": unique(),
                "Protocol": "HTTP",
                "Port": 80,
                "VpcId": vpc,
                "TargetType": "ip",
            },
            "CreateListener": listener,
            "CreateRule": of_listener(Priority=1, Conditions=[_PATH], Actions=[_FIXED]),
            "AddListenerCertificates": of_listener(Certificates=members[1:]),
            "RemoveListenerCertificates": of_listener(Certificates=members[1:]),
            "AddTags": tagged(Tags=[{"Key": "a", "Value": "b"}]),
            "RemoveTags": tagged(TagKeys=["a"]),
            "DescribeTags": tagged(),
            "DescribeListeners": of_balancer(),
            "DescribeRules": of_listener(),
            "ModifyListener": of_listener(DefaultActions=[_FIXED]),
            "ModifyListenerAttributes": of_listener(
                Attributes=[{"Key": "routing.http.response.server.enabled", "Value": "true"}]
            ),
            "ModifyLoadBalancerAttributes": of_balancer(
                Attributes=[{"Key": "idle_timeout.timeout_seconds", "Value": "90"}]
            ),
            "ModifyRule": of_rule(Actions=[_FIXED]),
            "ModifyTargetGroup": of_group(HealthCheckPath="/health"),
            "ModifyTargetGroupAttributes": of_group(
                Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "1"}]
            ),
            "RegisterTargets": of_group(Targets=target),
            "DeregisterTargets": of_group(Targets=target),
            "SetIpAddressType": of_balancer(IpAddressType="ipv4"),
            "SetRulePriorities": lambda world: {"RulePriorities": [{"RuleArn": world.known["RuleArn"], "Priority": 2}]},
            "SetSecurityGroups": of_balancer(SecurityGroups=[group]),
            "SetSubnets": of_balancer(Subnets=subnets),
        },
        fresh={"CreateLoadBalancer": "Name", "CreateTargetGroup": "Name"},
        kept={
            "CreateLoadBalancer": {"LoadBalancerArn": "LoadBalancers.0.LoadBalancerArn"},
            "CreateTargetGroup": {"TargetGroupArn": "TargetGroups.0.TargetGroupArn"},
            "CreateListener": {"ListenerArn": "Listeners.0.ListenerArn"},
            "CreateRule": {"RuleArn": "Rules.0.RuleArn"},
        },
        last=("DeregisterTargets", "DeleteRule", "DeleteListener", "DeleteTargetGroup", "DeleteLoadBalancer"),
        costly=frozenset({"CreateLoadBalancer"}),
        close=close,
    )


def _state(api: Any, arn: str) -> str:
    return str(api.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]["State"]["Code"])


def _naming(member: str, **more: Any) -> Callable[[World], Json]:
    """Returns a request that names a resource which an earlier request has made."""
    return lambda world: {member: world.known[member], **more}


def _remove_from(api: Any, vpc: str) -> None:
    """Removes the load balancers and target groups of a VPC."""
    for balancer in api.describe_load_balancers()["LoadBalancers"]:
        if balancer["VpcId"] == vpc:
            resources.quietly(api.delete_load_balancer, LoadBalancerArn=balancer["LoadBalancerArn"])
    for found in api.describe_target_groups()["TargetGroups"]:
        if found["VpcId"] == vpc:
            resources.quietly(api.delete_target_group, TargetGroupArn=found["TargetGroupArn"])
