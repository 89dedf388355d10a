"""Records in the API's spelling."""

from localstack_engines.services.elbv2.models import Json, Listener, LoadBalancer, Rule, Target, TargetGroup
from localstack_engines.services.elbv2.store import Store

_HOSTED_ZONES = {"application": "Z35SXDOTRQ7X7K", "network": "Z26RNL4JYFTOTI"}
"""AWS's zones in us-east-1. Route 53's alias records name them; nothing else depends on them."""

PUBLISHED_PORT_TAG = "localstack-engines:published-port"
"""A tag that listeners have besides their own: the port at which the machine reaches them."""


def load_balancer(balancer: LoadBalancer) -> Json:
    found: Json = {
        "LoadBalancerArn": balancer.arn,
        "DNSName": balancer.dns_name,
        "CanonicalHostedZoneId": _HOSTED_ZONES[balancer.type],
        "CreatedTime": balancer.created,
        "LoadBalancerName": balancer.name,
        "Scheme": balancer.scheme,
        "VpcId": balancer.vpc_id,
        "State": {"Code": balancer.state, **({"Reason": balancer.failure} if balancer.failure else {})},
        "Type": balancer.type,
        "AvailabilityZones": zones(balancer),
        "IpAddressType": balancer.ip_address_type,
    }
    return {**found, "SecurityGroups": balancer.security_groups} if balancer.security_groups else found


def zones(balancer: LoadBalancer) -> list[Json]:
    """Returns the subnets. The one of the load balancer's interface has its address."""
    return [
        {
            "ZoneName": balancer.zones[subnet],
            "SubnetId": subnet,
            "LoadBalancerAddresses": [{"PrivateIPv4Address": balancer.interface.address}]
            if subnet == balancer.interface.subnet_id and not balancer.is_application
            else [],
        }
        for subnet in balancer.subnets
    ]


def listener(balancer: LoadBalancer, listener: Listener) -> Json:
    found: Json = {
        "ListenerArn": listener.arn,
        "LoadBalancerArn": balancer.arn,
        "Port": listener.port,
        "Protocol": listener.protocol,
        "DefaultActions": listener.default_rule.actions,
    }
    if listener.ssl_policy:
        found |= {
            "Certificates": [{"CertificateArn": listener.certificates[0]}],
            "SslPolicy": listener.ssl_policy,
            "MutualAuthentication": {"Mode": "off"},
        }
    return found


def rule(rule: Rule) -> Json:
    return {
        "RuleArn": rule.arn,
        "Priority": rule.priority,
        "Conditions": rule.conditions,
        "Actions": rule.actions,
        "IsDefault": rule.is_default,
    }


def target_group(store: Store, group: TargetGroup) -> Json:
    return {
        "TargetGroupArn": group.arn,
        "TargetGroupName": group.name,
        "Protocol": group.protocol,
        "Port": group.port,
        "VpcId": group.vpc_id,
        **group.check,
        "LoadBalancerArns": [balancer.arn for balancer in store.users(group)],
        "TargetType": group.target_type,
        "IpAddressType": group.ip_address_type,
        **({"ProtocolVersion": group.protocol_version} if group.protocol_version else {}),
    }


def target_health(group: TargetGroup, target: Target, is_used: bool) -> Json:
    """Returns the health of a target, which is not checked while no load balancer uses its group."""
    health: Json = {"State": target.state, "Reason": target.reason, "Description": target.description}
    if not is_used and not target.is_draining:
        health = {
            "State": "unused",
            "Reason": "Target.NotInUse",
            "Description": "Target group is not configured to receive traffic from the load balancer",
        }
    port = group.check["HealthCheckPort"]
    return {
        "Target": described_target(target),
        "HealthCheckPort": str(target.port) if port == "traffic-port" else port,
        "TargetHealth": {key: value for key, value in health.items() if value is not None},
    }


def described_target(target: Target) -> Json:
    return {"Id": target.id, "Port": target.port, **({"AvailabilityZone": target.zone} if target.zone else {})}


def listener_tags(listener: Listener) -> dict[str, str]:
    """Returns the tags of a listener, with the one that tells its published port."""
    if listener.published_port is None:
        return listener.tags
    return {**listener.tags, PUBLISHED_PORT_TAG: str(listener.published_port)}
