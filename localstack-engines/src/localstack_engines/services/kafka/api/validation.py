"""Checks of a new cluster, in AWS's words.

Source: https://docs.aws.amazon.com/msk/1.0/apireference/clusters.html
"""

import re
from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.network import ec2
from localstack_engines.services.kafka.api import security
from localstack_engines.services.kafka.api.unsupported_settings import check_settings
from localstack_engines.services.kafka.control import versions
from localstack_engines.services.kafka.errors import bad_request

_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9-]{0,63}$")
_INSTANCE_TYPE = re.compile(r"^(kafka\.t3\.small|kafka\.m5\.(\d+x)?large|(kafka|express)\.m7g\.(\d+x)?large)$")


def check_name(name: str) -> None:
    if not _NAME.match(name):
        raise bad_request("The cluster name must have 1 to 64 letters, digits and hyphens.", "clusterName")


def check_provisioned(context: RequestContext, provisioned: dict[str, Any]) -> None:
    """Raises AWS's error for a `Provisioned` member that MSK would refuse."""
    check_version(provisioned["KafkaVersion"])
    nodes = provisioned["BrokerNodeGroupInfo"]
    check_instance_type(nodes["InstanceType"])
    check_settings(provisioned)
    if provisioned.get("Rebalancing") and not is_express(nodes["InstanceType"]):
        raise bad_request("Intelligent rebalancing is for clusters with Express brokers only.", "rebalancing")
    check_network(context, nodes["ClientSubnets"], nodes.get("SecurityGroups") or [])
    check_broker_count(provisioned["NumberOfBrokerNodes"], len(nodes["ClientSubnets"]))
    security.listeners(provisioned)


def check_instance_type(instance_type: str) -> None:
    if not _INSTANCE_TYPE.match(instance_type):
        raise bad_request(f"Unsupported InstanceType [{instance_type}].", "instanceType")


def is_express(instance_type: str) -> bool:
    return instance_type.startswith("express.")


def check_version(version: str) -> None:
    if version not in versions.available():
        valid = ", ".join(versions.available())
        raise bad_request(f"Unsupported KafkaVersion [{version}]. Valid values: [{valid}]", "kafkaVersion")


def check_network(context: RequestContext, subnets: list[str], security_groups: list[str]) -> None:
    """Raises BadRequestException unless all exist and each subnet is in an Availability Zone of its own."""
    if not 2 <= len(subnets) <= 3:
        raise bad_request("Specify exactly two or three client subnets.", "clientSubnets")
    zones = set()
    for subnet_id in subnets:
        subnet = ec2.subnet(context.account_id, context.region, subnet_id)
        if subnet is None:
            raise bad_request(f"The subnet ID '{subnet_id}' does not exist", "clientSubnets")
        zones.add(subnet.availability_zone)
    if len(zones) < len(subnets):
        raise bad_request("The client subnets must be in different Availability Zones.", "clientSubnets")
    for group_id in security_groups:
        if ec2.security_group(context.account_id, context.region, group_id) is None:
            raise bad_request(f"The security group '{group_id}' does not exist", "securityGroups")


def with_security_groups(context: RequestContext, provisioned: dict[str, Any]) -> dict[str, Any]:
    """Returns the settings with security groups: those of the request, or the default one of the subnets' VPC."""
    nodes = provisioned["BrokerNodeGroupInfo"]
    if nodes.get("SecurityGroups"):
        return provisioned
    subnet = ec2.subnet(context.account_id, context.region, nodes["ClientSubnets"][0])
    records = ec2.backend(context.account_id, context.region)
    group = records.get_default_security_group(subnet.vpc_id) if subnet else None
    return {**provisioned, "BrokerNodeGroupInfo": {**nodes, "SecurityGroups": [group.id] if group else []}}


def check_broker_count(brokers: int, zones: int) -> None:
    if brokers < 1 or brokers % zones:
        raise bad_request(
            "The number of broker nodes must be a multiple of Availability Zones in the Subnets parameter.",
            "numberOfBrokerNodes",
        )
