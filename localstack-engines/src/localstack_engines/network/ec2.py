"""Moto's records of EC2: VPCs, subnets, security groups and network interfaces."""

from typing import Any


def backend(account: str, region: str) -> Any:
    """Returns moto's records of an account and region."""
    # The import takes long and is not needed before the first request.
    from moto.ec2.models import ec2_backends

    return ec2_backends[account][region]


def vpc_exists(account: str, region: str, vpc_id: str) -> bool:
    return vpc_id in backend(account, region).vpcs


def subnet(account: str, region: str, subnet_id: str) -> Any | None:
    """Returns the record of a subnet, or None."""
    for zone in list(backend(account, region).subnets.values()):
        if subnet_id in zone:
            return zone[subnet_id]
    return None


def security_group(account: str, region: str, group_id: str) -> Any | None:
    """Returns the record of a security group, or None."""
    return backend(account, region).get_security_group_from_id(group_id)


def instances(account: str, region: str) -> list[Any]:
    """Returns the records of all instances, also of those that have ended."""
    return [
        one for reservation in list(backend(account, region).reservations.values()) for one in reservation.instances
    ]


def instance_size(instance_type: str) -> tuple[int, int, str] | None:
    """Returns the vCPUs, the MiB of memory and the architecture of an instance type, or None for an unknown one."""
    from moto.ec2.models.instance_types import INSTANCE_TYPES

    found = INSTANCE_TYPES.get(instance_type)
    if found is None:
        return None
    architectures = found.get("ProcessorInfo", {}).get("SupportedArchitectures", ["x86_64"])
    return found["VCpuInfo"]["DefaultVCpus"], found["MemoryInfo"]["SizeInMiB"], architectures[0]


def owner_of_vpc(vpc_id: str) -> Any | None:
    """Returns the records of the account and region that have a VPC, or None."""
    from moto.ec2.models import ec2_backends

    for regions in list(ec2_backends.values()):
        for found in list(regions.values()):
            if vpc_id in found.vpcs:
                return found
    return None


def default_group_of_subnets(account: str, region: str, subnet_ids: list[str]) -> list[str]:
    """Returns the default security group of the VPC that subnets are in; none when EC2 does not have them."""
    found = next((known for one in subnet_ids if (known := subnet(account, region, one))), None)
    group = backend(account, region).get_default_security_group(found.vpc_id) if found else None
    return [str(group.id)] if group else []


def tags(records: Any, resource_id: str) -> dict[str, str]:
    """Returns the tags of a resource in the records of its account and region."""
    return dict(records.tags.get(resource_id) or {})
