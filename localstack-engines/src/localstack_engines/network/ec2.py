"""EC2's records, as moto keeps them: subnets, security groups and network interfaces."""

from typing import Any


def records(account: str, region: str) -> Any:
    """Returns moto's EC2 backend of an account in a region."""
    # The import takes long and is not needed before the first request.
    from moto.ec2.models import ec2_backends

    return ec2_backends[account][region]


def subnet(account: str, region: str, subnet_id: str) -> Any | None:
    """Returns the record of a subnet, or None."""
    for zone in records(account, region).subnets.values():
        if subnet_id in zone:
            return zone[subnet_id]
    return None


def security_group(account: str, region: str, group_id: str) -> Any | None:
    """Returns the record of a security group, or None."""
    return records(account, region).get_security_group_from_id(group_id)
