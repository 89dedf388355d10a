"""The subnets of Express services, and whether these are public.

Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/express-service-work.html
"""

from collections.abc import Sequence
from typing import Any

from localstack_engines.services.ecs.express_models import PRIVATE, PUBLIC, Network


class NoNetwork(Exception):
    """The subnets of a request, or of the default VPC, are not enough for a load balancer."""


def find(ec2: Any, subnets: Sequence[str], security_groups: Sequence[str]) -> Network:
    """Returns the network of these subnets, or that of the default VPC if there are none. Raises NoNetwork.

    `ec2` is a boto3 client, whose errors for unknown subnets pass.
    """
    which = {"SubnetIds": list(subnets)} if subnets else {"Filters": [{"Name": "default-for-az", "Values": ["true"]}]}
    found = ec2.describe_subnets(**which)["Subnets"]
    if not found:
        raise NoNetwork("There is no default VPC with subnets: give the subnets in networkConfiguration.")
    vpcs = {subnet["VpcId"] for subnet in found}
    if len(vpcs) > 1:
        raise NoNetwork("All subnets must belong to the same VPC.")
    public = {_is_public(ec2, subnet) for subnet in found}
    if len(public) > 1:
        raise NoNetwork("The subnets must be either all public or all private.")
    ids = tuple(subnets) or tuple(subnet["SubnetId"] for subnet in found)
    return Network(vpcs.pop(), ids, PUBLIC if public.pop() else PRIVATE, tuple(security_groups))


def _is_public(ec2: Any, subnet: dict[str, Any]) -> bool:
    """Returns whether the subnet's route table, or else the VPC's main one, leads to an internet gateway."""
    if subnet.get("DefaultForAz"):
        # AWS makes default subnets with such a route, which the records here lack.
        return True
    own = [{"Name": "association.subnet-id", "Values": [subnet["SubnetId"]]}]
    main = [
        {"Name": "vpc-id", "Values": [subnet["VpcId"]]},
        {"Name": "association.main", "Values": ["true"]},
    ]
    tables = ec2.describe_route_tables(Filters=own)["RouteTables"]
    tables = tables or ec2.describe_route_tables(Filters=main)["RouteTables"]
    routes = (route for table in tables for route in table["Routes"])
    return any(str(route.get("GatewayId", "")).startswith("igw-") for route in routes)
