"""Templates of Fargate services behind load balancers, with the resources that the CDK's patterns make for them.

These are ApplicationLoadBalancedFargateService and NetworkLoadBalancedFargateService in a VPC with NAT gateways.
"""

from typing import Any

from lab.ecs import CIDR, IMAGE, ROLE, Json

_BASE = CIDR.rsplit(".", 2)[0]


def resource(kind: str, **properties: Any) -> Json:
    return {"Type": kind, "Properties": properties}


def ref(name: str) -> Json:
    return {"Ref": name}


def att(name: str, attribute: str) -> Json:
    return {"Fn::GetAtt": [name, attribute]}


def network() -> Json:
    """Returns the VPC: in two zones, a public subnet with a NAT gateway and a private one that uses it."""
    found = {
        "Vpc": resource("AWS::EC2::VPC", CidrBlock=CIDR, EnableDnsHostnames=True, EnableDnsSupport=True),
        "Gateway": resource("AWS::EC2::InternetGateway"),
        "Attachment": resource("AWS::EC2::VPCGatewayAttachment", VpcId=ref("Vpc"), InternetGatewayId=ref("Gateway")),
    }
    for number in (1, 2):
        for kind, offset in (("Public", 0), ("Private", 128)):
            name = f"{kind}{number}"
            found |= {
                name: resource(
                    "AWS::EC2::Subnet",
                    VpcId=ref("Vpc"),
                    CidrBlock=f"{_BASE}.{offset + 16 * number}.0/20",
                    AvailabilityZone={"Fn::Select": [number - 1, {"Fn::GetAZs": ""}]},
                    MapPublicIpOnLaunch=kind == "Public",
                ),
                f"{name}Table": resource("AWS::EC2::RouteTable", VpcId=ref("Vpc")),
                f"{name}Association": resource(
                    "AWS::EC2::SubnetRouteTableAssociation", RouteTableId=ref(f"{name}Table"), SubnetId=ref(name)
                ),
            }
        found[f"Public{number}Route"] = {
            **resource(
                "AWS::EC2::Route",
                RouteTableId=ref(f"Public{number}Table"),
                DestinationCidrBlock="0.0.0.0/0",
                GatewayId=ref("Gateway"),
            ),
            "DependsOn": ["Attachment"],
        }
        found[f"Eip{number}"] = resource("AWS::EC2::EIP", Domain="vpc")
        found[f"Nat{number}"] = resource(
            "AWS::EC2::NatGateway", AllocationId=att(f"Eip{number}", "AllocationId"), SubnetId=ref(f"Public{number}")
        )
        found[f"Private{number}Route"] = resource(
            "AWS::EC2::Route",
            RouteTableId=ref(f"Private{number}Table"),
            DestinationCidrBlock="0.0.0.0/0",
            NatGatewayId=ref(f"Nat{number}"),
        )
    return found


def balanced_service(kind: str, command: str, count: int) -> Json:
    """Returns a service and what is its own. `kind` is application or network, and is before the resources' names.

    `command` serves HTTP on port 8080.
    """
    is_application = kind == "application"

    def own(name: str) -> Json:
        return ref(f"{kind}{name}")

    protocol = "HTTP" if is_application else "TCP"
    # A Network Load Balancer without security groups is known by its address only.
    source = {"SourceSecurityGroupId": att(f"{kind}BalancerGroup", "GroupId")} if is_application else {"CidrIp": CIDR}
    groups = {"SecurityGroups": [att(f"{kind}BalancerGroup", "GroupId")]} if is_application else {}
    found = {
        "BalancerGroup": resource(
            "AWS::EC2::SecurityGroup",
            GroupDescription="balancer",
            VpcId=ref("Vpc"),
            SecurityGroupIngress=[{"CidrIp": "0.0.0.0/0", "FromPort": 80, "ToPort": 80, "IpProtocol": "tcp"}],
        ),
        "ServiceGroup": resource(
            "AWS::EC2::SecurityGroup",
            GroupDescription="service",
            VpcId=ref("Vpc"),
            SecurityGroupIngress=[{**source, "FromPort": 8080, "ToPort": 8080, "IpProtocol": "tcp"}],
        ),
        "Balancer": {
            **resource(
                "AWS::ElasticLoadBalancingV2::LoadBalancer",
                LoadBalancerAttributes=[{"Key": "deletion_protection.enabled", "Value": "false"}],
                Scheme="internet-facing",
                Subnets=[ref("Public1"), ref("Public2")],
                Type=kind,
                **groups,
            ),
            "DependsOn": ["Public1Route", "Public2Route"],
        },
        "Listener": resource(
            "AWS::ElasticLoadBalancingV2::Listener",
            DefaultActions=[{"TargetGroupArn": own("Group"), "Type": "forward"}],
            LoadBalancerArn=own("Balancer"),
            Port=80,
            Protocol=protocol,
        ),
        "Group": resource(
            "AWS::ElasticLoadBalancingV2::TargetGroup",
            Port=80,
            Protocol=protocol,
            TargetGroupAttributes=[{"Key": "stickiness.enabled", "Value": "false"}],
            TargetType="ip",
            VpcId=ref("Vpc"),
        ),
        "Cluster": resource("AWS::ECS::Cluster"),
        "Definition": resource(
            "AWS::ECS::TaskDefinition",
            ContainerDefinitions=[
                {
                    "Name": "web",
                    "Image": IMAGE,
                    "Command": ["sh", "-c", command],
                    "PortMappings": [{"ContainerPort": 8080, "Protocol": "tcp"}],
                    "StopTimeout": 2,
                }
            ],
            Cpu="256",
            Memory="512",
            NetworkMode="awsvpc",
            RequiresCompatibilities=["FARGATE"],
            ExecutionRoleArn=ROLE,
        ),
        "Service": {
            **resource(
                "AWS::ECS::Service",
                Cluster=own("Cluster"),
                DesiredCount=count,
                DeploymentConfiguration={
                    "Alarms": {"AlarmNames": [], "Enable": False, "Rollback": False},
                    "MaximumPercent": 200,
                    "MinimumHealthyPercent": 50,
                },
                EnableECSManagedTags=False,
                HealthCheckGracePeriodSeconds=60,
                LaunchType="FARGATE",
                LoadBalancers=[{"ContainerName": "web", "ContainerPort": 8080, "TargetGroupArn": own("Group")}],
                NetworkConfiguration={
                    "AwsvpcConfiguration": {
                        "AssignPublicIp": "DISABLED",
                        "SecurityGroups": [att(f"{kind}ServiceGroup", "GroupId")],
                        "Subnets": [ref("Private1"), ref("Private2")],
                    }
                },
                TaskDefinition=own("Definition"),
            ),
            "DependsOn": [f"{kind}Group", f"{kind}Listener"],
        },
    }
    return {f"{kind}{name}": value for name, value in found.items()}


def outputs(kind: str) -> Json:
    """Returns outputs of a service, each named after its kind."""
    found = {name: ref(f"{kind}{name}") for name in ("Balancer", "Listener", "Group", "Cluster", "Service")}
    found |= {
        "Name": att(f"{kind}Balancer", "DNSName"),
        "FullName": att(f"{kind}Balancer", "LoadBalancerFullName"),
        "Zone": att(f"{kind}Balancer", "CanonicalHostedZoneID"),
        "GroupName": att(f"{kind}Group", "TargetGroupName"),
        "GroupFullName": att(f"{kind}Group", "TargetGroupFullName"),
    }
    return {f"{kind}{name}": value for name, value in found.items()}
