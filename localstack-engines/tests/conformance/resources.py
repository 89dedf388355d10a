"""Networks that several services need, and clean-up."""

from collections.abc import Callable
from typing import Any

from lab.localstack import client


def vpc(cidr: str) -> str:
    return str(client("ec2").create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"])


def two_subnets(vpc_id: str, prefix: str) -> list[str]:
    return [
        client("ec2").create_subnet(
            VpcId=vpc_id, CidrBlock=f"{prefix}.{number}.0/24", AvailabilityZone=f"us-east-1{zone}"
        )["Subnet"]["SubnetId"]
        for number, zone in enumerate("ab")
    ]


def remove_vpc(identifier: str) -> None:
    quietly(client("ec2").delete_vpc, VpcId=identifier)


def quietly(action: Callable[..., Any], **arguments: Any) -> None:
    """Removes something that an operation may have removed already."""
    try:
        action(**arguments)
    except Exception as error:
        print(f"clean-up: {error}")
