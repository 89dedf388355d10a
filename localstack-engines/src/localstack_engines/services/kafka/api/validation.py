"""Checks of a new cluster, in AWS's words, and what follows from its settings.

https://docs.aws.amazon.com/msk/1.0/apireference/clusters.html
"""

import re
from typing import Any

from localstack.aws.api import RequestContext
from moto.ec2.models import ec2_backends

from localstack_engines.services.kafka.control import versions
from localstack_engines.services.kafka.errors import bad_request, not_supported
from localstack_engines.toolkit import settings

_NAME = re.compile(r"^[A-Za-z0-9][A-Za-z0-9-]{0,63}$")
_INSTANCE_TYPE = re.compile(r"^(kafka|express)\.(t3\.small|m5\.(\d*x?large)|m7g\.(\d*x?large))$")


def broker_cap() -> int:
    """How many brokers of a cluster really run here (``ENGINES_KAFKA_MAX_BROKERS``): each is a JVM."""
    return max(1, int(settings.variable("KAFKA_MAX_BROKERS", "1")))


def check_name(name: str) -> None:
    if not _NAME.match(name):
        raise bad_request("The cluster name must have 1 to 64 letters, digits and hyphens.", "clusterName")


def check_provisioned(context: RequestContext, provisioned: dict[str, Any]) -> None:
    """Raise AWS's error for a ``Provisioned`` part that MSK would not take."""
    check_version(provisioned["KafkaVersion"])
    nodes = provisioned["BrokerNodeGroupInfo"]
    if not _INSTANCE_TYPE.match(nodes["InstanceType"]):
        raise bad_request(f"Unsupported InstanceType [{nodes['InstanceType']}].", "instanceType")
    subnets = nodes["ClientSubnets"]
    if not 2 <= len(subnets) <= 3:
        raise bad_request("Specify exactly two or three client subnets.", "clientSubnets")
    ec2 = ec2_backends[context.account_id][context.region]
    known = {subnet.id: subnet for subnet in ec2.describe_subnets()}
    unknown = [subnet for subnet in subnets if subnet not in known]
    if unknown:
        raise bad_request(f"The subnet ID '{unknown[0]}' does not exist", "clientSubnets")
    if len({known[subnet].availability_zone for subnet in subnets}) < len(subnets):
        raise bad_request("The client subnets must be in different Availability Zones.", "clientSubnets")
    for group in nodes.get("SecurityGroups") or []:
        if ec2.get_security_group_from_id(group) is None:
            raise bad_request(f"The security group '{group}' does not exist", "securityGroups")
    check_broker_count(provisioned["NumberOfBrokerNodes"], len(subnets))
    protocols(provisioned)


def check_version(version: str) -> None:
    if version not in versions.available():
        valid = ", ".join(versions.available())
        raise bad_request(f"Unsupported KafkaVersion [{version}]. Valid values: [{valid}]", "kafkaVersion")


def check_broker_count(brokers: int, zones: int) -> None:
    if brokers < 1 or brokers % zones:
        raise bad_request(
            "The number of broker nodes must be a multiple of Availability Zones in the Subnets parameter.",
            "numberOfBrokerNodes",
        )


def protocols(provisioned: dict[str, Any]) -> tuple[str, ...]:
    """Kafka's security protocols for a cluster's encryption and authentication settings. Without any it is TLS."""
    encryption = (provisioned.get("EncryptionInfo") or {}).get("EncryptionInTransit") or {}
    transit = encryption.get("ClientBroker") or "TLS"
    authentication = provisioned.get("ClientAuthentication") or {}
    sasl = authentication.get("Sasl") or {}
    if (sasl.get("Iam") or {}).get("Enabled"):
        raise not_supported("IAM client authentication")
    if (authentication.get("Tls") or {}).get("Enabled"):
        raise not_supported("TLS client authentication")
    if (sasl.get("Scram") or {}).get("Enabled"):
        raise not_supported("SASL/SCRAM client authentication")
    anonymous = (authentication.get("Unauthenticated") or {}).get("Enabled", True)
    found = []
    if anonymous and transit in ("PLAINTEXT", "TLS_PLAINTEXT"):
        found.append("PLAINTEXT")
    if anonymous and transit in ("TLS", "TLS_PLAINTEXT"):
        found.append("SSL")
    if not found:
        raise bad_request("You must enable at least one form of client authentication.", "clientAuthentication")
    return tuple(found)
