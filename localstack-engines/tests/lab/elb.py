"""A VPC with two subnets, and load balancers in it whose targets are servers of the test's own process."""

import json
import uuid
from collections.abc import Callable
from types import TracebackType
from typing import Any

import httpx

from lab.ecs import CIDR
from lab.gateway import Upstream
from lab.waiting import until

Json = dict[str, Any]

PORT_TAG = "localstack-engines:published-port"


class BalancerLab:
    """Creates the VPC, and removes it with all load balancers and target groups that the lab has made."""

    def __init__(self, aws: Callable[..., Any]) -> None:
        self.elb, self.ec2 = aws("elbv2"), aws("ec2")
        self.made: list[str] = []
        self.groups: list[str] = []

    def __enter__(self) -> "BalancerLab":
        self.vpc = self.ec2.create_vpc(CidrBlock=CIDR)["Vpc"]["VpcId"]
        base = CIDR.rsplit(".", 2)[0]
        self.subnets = [
            self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=f"{base}.{16 * number}.0/20", AvailabilityZone=zone)[
                "Subnet"
            ]["SubnetId"]
            for number, zone in ((1, "us-east-1a"), (2, "us-east-1b"))
        ]
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for arn in self.made:
            self.elb.delete_load_balancer(LoadBalancerArn=arn)
        for arn in self.groups:
            self.elb.delete_target_group(TargetGroupArn=arn)
        for subnet in self.subnets:
            self.ec2.delete_subnet(SubnetId=subnet)
        self.ec2.delete_vpc(VpcId=self.vpc)

    def balancer(self, kind: str = "application", **options: Any) -> Json:
        """Returns a load balancer that is active."""
        name = f"t-{uuid.uuid4().hex[:8]}"
        made = self.elb.create_load_balancer(Name=name, Type=kind, Subnets=self.subnets, **options)
        arn = made["LoadBalancers"][0]["LoadBalancerArn"]
        self.made.append(arn)

        def active() -> Json | None:
            found: Json = self.elb.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"][0]
            assert found["State"]["Code"] != "failed", found["State"]
            return found if found["State"]["Code"] == "active" else None

        return until("the load balancer to be active", active)

    def group(self, *upstreams: Upstream, protocol: str = "HTTP", **options: Any) -> str:
        """Returns the ARN of a target group with these targets."""
        made = self.elb.create_target_group(
            Name=f"t-{uuid.uuid4().hex[:8]}",
            Protocol=protocol,
            Port=80,
            VpcId=self.vpc,
            TargetType="ip",
            **options,
        )
        arn = str(made["TargetGroups"][0]["TargetGroupArn"])
        self.groups.append(arn)
        if upstreams:
            self.elb.register_targets(TargetGroupArn=arn, Targets=[target(one) for one in upstreams])
        return arn

    def listener(self, balancer: Json, *actions: Json, port: int = 80, protocol: str = "HTTP", **options: Any) -> Json:
        made = self.elb.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"],
            Protocol=protocol,
            Port=port,
            DefaultActions=list(actions),
            **options,
        )
        return dict(made["Listeners"][0])

    def port(self, listener: Json) -> int:
        """Returns the port of this machine that leads to a listener."""
        described = self.elb.describe_tags(ResourceArns=[listener["ListenerArn"]])["TagDescriptions"][0]["Tags"]
        return next(int(tag["Value"]) for tag in described if tag["Key"] == PORT_TAG)

    def http(self, listener: Json) -> httpx.Client:
        return httpx.Client(base_url=f"http://127.0.0.1:{self.port(listener)}", timeout=30)

    def health(self, group: str) -> dict[int, Json]:
        """Returns the health of a group's targets by their ports."""
        found = self.elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
        return {one["Target"]["Port"]: one["TargetHealth"] for one in found}

    def healthy(self, group: str) -> None:
        """Waits until all targets of a group are healthy."""
        until(
            "healthy targets",
            lambda: (found := self.health(group)) and all(one["State"] == "healthy" for one in found.values()),
        )


def target(upstream: Upstream) -> Json:
    return {"Id": upstream.address, "Port": upstream.port}


def forward(*groups: str, weights: tuple[int, ...] = ()) -> Json:
    if len(groups) == 1 and not weights:
        return {"Type": "forward", "TargetGroupArn": groups[0]}
    entries = [{"TargetGroupArn": one, "Weight": weight} for one, weight in zip(groups, weights, strict=True)]
    return {"Type": "forward", "ForwardConfig": {"TargetGroups": entries}}


def fixed(text: str, status: str = "200") -> Json:
    config = {"StatusCode": status, "MessageBody": text, "ContentType": "text/plain"}
    return {"Type": "fixed-response", "FixedResponseConfig": config}


def seen(response: httpx.Response) -> Json:
    """Returns what the target has seen of a request; its headers by their names."""
    body = dict(json.loads(response.text))
    return {**body, "headers": dict(body["headers"])}
