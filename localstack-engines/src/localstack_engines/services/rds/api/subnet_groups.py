"""Operations on DB subnet groups."""

from localstack.aws.api import RequestContext

from localstack_engines.services.rds import network
from localstack_engines.services.rds.api.operations import Operations, Request, Response
from localstack_engines.services.rds.api.paging import PAGER
from localstack_engines.toolkit.dispatch import moto
from localstack_engines.toolkit.errors import ServiceError


class SubnetGroupOperations(Operations):
    """Creates, modifies, describes and deletes subnet groups. Their names are in lower case."""

    def create_db_subnet_group(self, context: RequestContext, request: Request) -> Response:
        name = request["DBSubnetGroupName"].lower()
        if self.store.has_subnet_group(context, name):
            raise ServiceError("DBSubnetGroupAlreadyExists", f"The DB subnet group '{name}' already exists.")
        self._check_subnets(context, request)
        return moto(context, "CreateDBSubnetGroup", {**request, "DBSubnetGroupName": name})

    def modify_db_subnet_group(self, context: RequestContext, request: Request) -> Response:
        name = self.subnet_group_name(context, request)
        self._check_subnets(context, request, self.store.vpc_of_subnet_group(context, name))
        self.store.modify_subnet_group(context, name, request["SubnetIds"], request.get("DBSubnetGroupDescription"))
        found = moto(context, "DescribeDBSubnetGroups", {"DBSubnetGroupName": name})["DBSubnetGroups"]
        return {"DBSubnetGroup": found[0]}

    def describe_db_subnet_groups(self, context: RequestContext, request: Request) -> Response:
        if "DBSubnetGroupName" in request:
            request = {**request, "DBSubnetGroupName": self.subnet_group_name(context, request)}
        unpaged = {name: value for name, value in request.items() if name not in (PAGER.size, PAGER.token)}
        groups = moto(context, "DescribeDBSubnetGroups", unpaged)["DBSubnetGroups"]
        page, marker = PAGER.page(groups, request)
        return {"DBSubnetGroups": page, **marker}

    def delete_db_subnet_group(self, context: RequestContext, request: Request) -> Response:
        name = self.subnet_group_name(context, request)
        clusters = self.clusters.clusters(context.account_id, context.region)
        used = [cluster.identifier for cluster in clusters if cluster.recorded.get("DBSubnetGroup") == name]
        for identifier in (*self.store.instances_in_subnet_group(context, name), *used):
            raise ServiceError(
                "InvalidDBSubnetGroupStateFault",
                f"Cannot delete the subnet group '{name}' because at least one database instance: "
                f"{identifier} is still using it.",
            )
        return moto(context, "DeleteDBSubnetGroup", {"DBSubnetGroupName": name})

    def _check_subnets(self, context: RequestContext, request: Request, vpc: str | None = None) -> None:
        """Checks that the subnets exist, are in one VPC (in `vpc` if given), and in two availability zones."""
        subnets = network.subnets(context)
        unknown = [subnet_id for subnet_id in request["SubnetIds"] if subnet_id not in subnets]
        if unknown:
            raise ServiceError("InvalidSubnet", f"Some input subnets in :[{', '.join(unknown)}] are invalid.")
        vpcs = {subnets[subnet_id][0] for subnet_id in request["SubnetIds"]} | ({vpc} if vpc else set())
        if len(vpcs) > 1:
            raise ServiceError(
                "InvalidSubnet",
                f"The subnets of a DB subnet group must be in a common VPC. These are in: {', '.join(sorted(vpcs))}.",
            )
        zones = sorted({subnets[subnet_id][1] for subnet_id in request["SubnetIds"]})
        if len(zones) < 2:
            raise ServiceError(
                "DBSubnetGroupDoesNotCoverEnoughAZs",
                "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. "
                f"Current AZ coverage: {', '.join(zones)}. Add subnets to cover at least 2 AZs.",
            )
