"""The ELBv2 API: what is refused, and in which words; records, tags, attributes, and targets that nobody uses."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lab.ecs import output_of
from lab.elb import BalancerLab, Json, fixed, forward
from lab.errors import refused


@pytest.fixture(scope="module")
def lab(aws: Callable[..., Any]) -> Iterator[BalancerLab]:
    with BalancerLab(aws) as lab:
        yield lab


@pytest.fixture(scope="module")
def balancer(lab: BalancerLab) -> Json:
    return lab.balancer(Scheme="internal")


@pytest.fixture(scope="module")
def listener(lab: BalancerLab, balancer: Json) -> Json:
    return lab.listener(balancer, fixed("x"))


def test_load_balancers_that_cannot_be_made(lab: BalancerLab, balancer: Json) -> None:
    def wrong(code: str, text: str, **request: Any) -> None:
        given = {"Name": "wrong", "Subnets": lab.subnets, **request}
        refused(lab.elb.create_load_balancer, code, text, **{k: v for k, v in given.items() if v is not None})

    wrong("ValidationError", "hyphen", Name="-wrong")
    wrong("ValidationError", "two subnets", Subnets=lab.subnets[:1])
    wrong("ValidationError", "subnets", Subnets=None)
    wrong("SubnetNotFound", "does not exist", Subnets=[lab.subnets[0], "subnet-0"])
    wrong("InvalidSecurityGroup", "sg-0", SecurityGroups=["sg-0"])
    wrong("InvalidConfigurationRequest", "Gateway Load Balancer", Type="gateway")
    wrong("InvalidConfigurationRequest", "dualstack", IpAddressType="dualstack")
    wrong("ValidationError", "CustomerOwnedIpv4Pool", CustomerOwnedIpv4Pool="pool")
    name = balancer["LoadBalancerName"]
    wrong("DuplicateLoadBalancerName", name, Name=name, Scheme="internet-facing")
    same = lab.elb.create_load_balancer(Name=name, Subnets=lab.subnets, Scheme="internal")["LoadBalancers"][0]
    assert same["LoadBalancerArn"] == balancer["LoadBalancerArn"]


def test_target_groups_that_cannot_be_made(lab: BalancerLab) -> None:
    def wrong(code: str, text: str, **request: Any) -> None:
        given = {"Name": "wrong", "Protocol": "HTTP", "Port": 80, "VpcId": lab.vpc, "TargetType": "ip", **request}
        refused(lab.elb.create_target_group, code, text, **{k: v for k, v in given.items() if v is not None})

    wrong("ValidationError", "VPC ID", VpcId="vpc-0")
    wrong("ValidationError", "protocol must", Protocol=None)
    wrong("InvalidConfigurationRequest", "UDP", Protocol="UDP")
    wrong("InvalidConfigurationRequest", "lambda", TargetType="lambda")
    wrong("InvalidConfigurationRequest", "GRPC", ProtocolVersion="GRPC")
    wrong("ValidationError", "timeout", HealthCheckTimeoutSeconds=30)
    wrong("ValidationError", "matcher", Matcher={"HttpCode": "2xx"})
    wrong("ValidationError", "matcher", Matcher={"HttpCode": "200-99999999999"})
    wrong("ValidationError", "not supported", Protocol="TCP", HealthCheckPath="/")
    wrong("ValidationError", "path", HealthCheckPath="health")
    wrong("ValidationError", "path", HealthCheckPath="/h\u00e9alth")
    wrong("ValidationError", "port", HealthCheckPort="70000")
    # The time-out of TCP, 10 seconds, may be as long as the interval.
    lab.group(protocol="TCP", HealthCheckIntervalSeconds=10)
    group = lab.group()
    refused(lab.elb.register_targets, "ValidationError", "IP", TargetGroupArn=group, Targets=[{"Id": "i-1"}])
    refused(lab.elb.deregister_targets, "InvalidTarget", "", TargetGroupArn=group, Targets=[{"Id": "10.0.0.1"}])


def test_listeners_and_rules_that_cannot_be_made(lab: BalancerLab, balancer: Json, listener: Json) -> None:
    arn, group, stream = balancer["LoadBalancerArn"], lab.group(), lab.group(protocol="TCP")

    def wrong_listener(code: str, text: str, *actions: Json, **request: Any) -> None:
        given = {"LoadBalancerArn": arn, "Protocol": "HTTP", "Port": 81, "DefaultActions": list(actions), **request}
        refused(lab.elb.create_listener, code, text, **given)

    wrong_listener("DuplicateListener", "already exists", fixed("x"), Port=80)
    wrong_listener("ValidationError", "must be one of", fixed("x"), Protocol="TCP")
    wrong_listener("TargetGroupNotFound", "not found", forward(f"{group}x"))
    wrong_listener("IncompatibleProtocols", "TCP", forward(stream))
    wrong_listener("InvalidLoadBalancerAction", "Exactly one", fixed("x"), fixed("y"))
    wrong_listener("ValidationError", "status code", fixed("x", "301"))
    oidc = dict.fromkeys(("Issuer", "AuthorizationEndpoint", "TokenEndpoint", "UserInfoEndpoint", "ClientId"), "x")
    wrong_listener(
        "ValidationError", "AuthenticateOidcConfig", {"Type": "authenticate-oidc", "AuthenticateOidcConfig": oidc}
    )
    wrong_listener(
        "InvalidLoadBalancerAction", "loop", {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301"}}
    )

    def wrong_rule(code: str, text: str, condition: Json, **request: Any) -> None:
        given = {"ListenerArn": listener["ListenerArn"], "Priority": 1, "Actions": [fixed("x")], **request}
        refused(lab.elb.create_rule, code, text, Conditions=[condition], **given)

    path = {"Field": "path-pattern", "Values": ["/a"]}
    wrong_rule("ValidationError", "begin with", {"Field": "path-pattern", "Values": ["a"]})
    wrong_rule("ValidationError", "must be one of", {"Field": "weather", "Values": ["fine"]})
    wrong_rule("ValidationError", "CIDR", {"Field": "source-ip", "SourceIpConfig": {"Values": ["10.0.0.1/8"]}})
    wrong_rule("ValidationError", "RegexValues", {"Field": "path-pattern", "RegexValues": ["^/a"]})
    wrong_rule("ValidationError", "Transforms", path, Transforms=[{"Type": "url-rewrite"}])
    wrong_rule("ValidationError", "Priority", path, Priority=50001)
    default = lab.elb.describe_rules(ListenerArn=listener["ListenerArn"])["Rules"][-1]
    refused(lab.elb.delete_rule, "OperationNotPermitted", "Default rule", RuleArn=default["RuleArn"])
    refused(
        lab.elb.create_trust_store,
        "NotImplementedException",
        "mutual",
        Name="x",
        CaCertificatesBundleS3Bucket="b",
        CaCertificatesBundleS3Key="k",
    )


def test_a_target_group_in_use_stays(lab: BalancerLab, balancer: Json) -> None:
    group = lab.group()
    used = lab.listener(balancer, forward(group), port=90)
    refused(lab.elb.delete_target_group, "ResourceInUse", "currently in use", TargetGroupArn=group)
    shown = lab.elb.describe_target_groups(TargetGroupArns=[group])["TargetGroups"][0]
    assert shown["LoadBalancerArns"] == [balancer["LoadBalancerArn"]]
    lab.elb.delete_listener(ListenerArn=used["ListenerArn"])
    lab.elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "10.9.9.9"}])
    assert lab.health(group)[80]["Reason"] == "Target.NotInUse"
    other = lab.elb.describe_target_health(TargetGroupArn=group, Targets=[{"Id": "10.9.9.8"}])
    assert other["TargetHealthDescriptions"][0]["TargetHealth"]["Reason"] == "Target.NotRegistered"


def test_attributes(lab: BalancerLab, balancer: Json) -> None:
    arn, modify = balancer["LoadBalancerArn"], lab.elb.modify_load_balancer_attributes

    def attribute(key: str, value: str) -> Json:
        return {"LoadBalancerArn": arn, "Attributes": [{"Key": key, "Value": value}]}

    refused(modify, "ValidationError", "not recognized", **attribute("no.such", "x"))
    refused(modify, "ValidationError", "between 1 and 4000", **attribute("idle_timeout.timeout_seconds", "0"))
    refused(modify, "InvalidConfigurationRequest", "Access Denied", **attribute("access_logs.s3.enabled", "true"))
    refused(modify, "InvalidConfigurationRequest", "connection_logs", **attribute("connection_logs.s3.enabled", "true"))
    modify(**attribute("deletion_protection.enabled", "true"))
    refused(lab.elb.delete_load_balancer, "OperationNotPermitted", "protection", LoadBalancerArn=arn)
    modify(**attribute("deletion_protection.enabled", "false"))
    found = lab.elb.describe_load_balancer_attributes(LoadBalancerArn=arn)["Attributes"]
    assert {"Key": "routing.http2.enabled", "Value": "true"} in found


def test_tags_and_lists(lab: BalancerLab, balancer: Json, listener: Json) -> None:
    arns = [balancer["LoadBalancerArn"], listener["ListenerArn"], lab.group()]
    lab.elb.add_tags(ResourceArns=arns, Tags=[{"Key": "a", "Value": "b"}, {"Key": "c"}])
    lab.elb.remove_tags(ResourceArns=arns[:1], TagKeys=["a"])
    described = lab.elb.describe_tags(ResourceArns=arns)["TagDescriptions"]
    assert [len(one["Tags"]) for one in described] == [1, 2, 2]
    refused(lab.elb.describe_tags, "LoadBalancerNotFound", "", ResourceArns=[f"{arns[0]}x"])
    lab.group()
    first = lab.elb.describe_target_groups(PageSize=1)
    second = lab.elb.describe_target_groups(PageSize=1, Marker=first["NextMarker"])
    assert first["TargetGroups"] != second["TargetGroups"]
    assert {one["Name"] for one in lab.elb.describe_account_limits()["Limits"]} > {"target-groups"}
    policy = lab.elb.describe_ssl_policies(Names=["ELBSecurityPolicy-2016-08"])["SslPolicies"][0]
    assert policy["SslProtocols"] == ["TLSv1", "TLSv1.1", "TLSv1.2"]
    refused(lab.elb.describe_load_balancers, "LoadBalancerNotFound", "", Names=["no-such"])


def test_a_target_that_the_load_balancer_does_not_take_is_not_registered(aws: Callable[..., Any]) -> None:
    with BalancerLab(aws) as lab:
        balancer, group = lab.balancer(), lab.group()
        lab.listener(balancer, forward(group))
        identifier = balancer["LoadBalancerArn"].rsplit("/", 1)[-1][:8]
        output_of(
            "docker", "rm", "--force", *output_of("docker", "ps", "-q", "--filter", f"name=-{identifier}").split()
        )
        targets = [{"Id": "10.0.0.1", "Port": 80}]
        refused(lab.elb.register_targets, "InvalidConfigurationRequest", TargetGroupArn=group, Targets=targets)
        assert lab.health(group) == {}
