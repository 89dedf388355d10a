"""Look-ups of the EC2 resources that RDS refers to, in the request's account and region."""

from localstack.aws.api import RequestContext

from localstack_engines.network import ec2


def zones(context: RequestContext) -> list[str]:
    """Returns the names of the region's availability zones."""
    found = ec2.backend(context.account_id, context.region).describe_availability_zones()
    return sorted(str(zone.name) for zone in found)


def subnets(context: RequestContext) -> dict[str, tuple[str, str]]:
    """Returns the VPC and the availability zone of every subnet, by the subnet's id."""
    subnets = ec2.backend(context.account_id, context.region).describe_subnets()
    return {subnet.id: (subnet.vpc_id, subnet.availability_zone) for subnet in subnets}


def vpc_of_security_group(context: RequestContext, group_id: str) -> str | None:
    """Returns the VPC of a security group, or None when there is no such group."""
    found = ec2.security_group(context.account_id, context.region, group_id)
    return None if found is None else str(found.vpc_id)


def default_security_group(context: RequestContext, vpc_id: str | None) -> str:
    """Returns the default security group of a VPC, or of the region's default VPC."""
    records = ec2.backend(context.account_id, context.region)
    return str(records.get_default_security_group(vpc_id or records.default_vpc.id).id)
