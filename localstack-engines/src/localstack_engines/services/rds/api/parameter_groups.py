"""Parameter groups, subnet groups and engine versions."""

from typing import Any

from localstack.aws.api import RequestContext
from moto.ec2.models import ec2_backends
from moto.rds.models import DBParameterGroup

from localstack_engines.services.rds import models
from localstack_engines.services.rds import store as records
from localstack_engines.services.rds.api.operations import InstanceOperations
from localstack_engines.services.rds.api.paging import page
from localstack_engines.services.rds.control import parameters, versions
from localstack_engines.services.rds.control.parameters import Parameter
from localstack_engines.services.rds.errors import RdsError, invalid_combination, invalid_value
from localstack_engines.toolkit.dispatch import moto

Request = dict[str, Any]
Response = dict[str, Any]


class GroupOperations(InstanceOperations):
    """The operations on groups."""

    def create_db_parameter_group(self, context: RequestContext, request: Request) -> Response:
        name = request["DBParameterGroupName"].lower()
        if request["DBParameterGroupFamily"] != versions.family():
            raise invalid_value(
                f"ParameterGroupFamily {request['DBParameterGroupFamily']} is not a valid parameter group family"
            )
        return moto(context, "CreateDBParameterGroup", {**request, "DBParameterGroupName": name})

    def describe_db_parameter_groups(self, context: RequestContext, request: Request) -> Response:
        # Also makes the default group, which on AWS is always there.
        group = records.parameter_group(context, request.get("DBParameterGroupName"))
        if "DBParameterGroupName" in request:
            request = {**request, "DBParameterGroupName": group.name}
        return moto(context, "DescribeDBParameterGroups", request)

    def modify_db_parameter_group(self, context: RequestContext, request: Request) -> Response:
        group = records.parameter_group(context, request["DBParameterGroupName"])
        if group.name.startswith("default."):
            raise invalid_value("You cannot modify a default parameter group. Create your own parameter group.")
        for change in request["Parameters"]:
            _check_change(change)
        response = moto(context, "ModifyDBParameterGroup", {**request, "DBParameterGroupName": group.name})
        waits = any(change.get("ApplyMethod") == models.PENDING_REBOOT for change in request["Parameters"])
        self._apply(context, group, reboot_needed=waits)
        return response

    def reset_db_parameter_group(self, context: RequestContext, request: Request) -> Response:
        group = records.parameter_group(context, request["DBParameterGroupName"])
        if request.get("ResetAllParameters", not request.get("Parameters")):
            group.parameters.clear()
        for parameter in request.get("Parameters") or []:
            _known(parameter["ParameterName"])
            group.parameters.pop(parameter["ParameterName"], None)
        self._apply(context, group, reboot_needed=True)
        return {"DBParameterGroupName": group.name}

    def delete_db_parameter_group(self, context: RequestContext, request: Request) -> Response:
        group = records.parameter_group(context, request["DBParameterGroupName"])
        if group.name.startswith("default."):
            raise RdsError("InvalidDBParameterGroupState", "You cannot delete a default parameter group.")
        if any(group in database.db_parameter_groups() for database in records.backend(context).databases.values()):
            raise RdsError(
                "InvalidDBParameterGroupState",
                f"One or more database instances are still members of this parameter group {group.name}, "
                "so the group cannot be deleted",
            )
        moto(context, "DeleteDBParameterGroup", {"DBParameterGroupName": group.name})
        return {}

    def describe_db_parameters(self, context: RequestContext, request: Request) -> Response:
        group = records.parameter_group(context, request["DBParameterGroupName"])
        described = [
            _describe(parameter, group.parameters.get(name)) for name, parameter in parameters.catalogue().items()
        ]
        source = request.get("Source")
        return page(request, "Parameters", [item for item in described if source in (None, item["Source"])])

    def describe_engine_default_parameters(self, context: RequestContext, request: Request) -> Response:
        described = [_describe(parameter, None) for parameter in parameters.catalogue().values()]
        family = request["DBParameterGroupFamily"]
        if family != versions.family():
            raise invalid_value(f"ParameterGroupFamily {family} is not a valid parameter group family")
        return {"EngineDefaults": {"DBParameterGroupFamily": family, **page(request, "Parameters", described)}}

    def describe_db_engine_versions(self, context: RequestContext, request: Request) -> Response:
        wanted = request.get("EngineVersion")
        names = [name for name in versions.available() if wanted in (None, name, name.split(".")[0])]
        if request.get("DefaultOnly"):
            names = [name for name in names if name == versions.default()]
        family, engine = request.get("DBParameterGroupFamily"), request.get("Engine")
        if engine not in (None, versions.ENGINE) or family not in (None, versions.family()):
            names = []
        return page(request, "DBEngineVersions", [_describe_version(name) for name in names])

    def create_db_subnet_group(self, context: RequestContext, request: Request) -> Response:
        name = request["DBSubnetGroupName"].lower()
        if name in records.backend(context).subnet_groups:
            raise RdsError("DBSubnetGroupAlreadyExists", f"The DB subnet group '{name}' already exists.")
        _check_subnets(context, request["SubnetIds"])
        return moto(context, "CreateDBSubnetGroup", {**request, "DBSubnetGroupName": name})

    def modify_db_subnet_group(self, context: RequestContext, request: Request) -> Response:
        name = _subnet_group_name(context, request["DBSubnetGroupName"])
        _check_subnets(context, request["SubnetIds"])
        return moto(context, "ModifyDBSubnetGroup", {**request, "DBSubnetGroupName": name})

    def describe_db_subnet_groups(self, context: RequestContext, request: Request) -> Response:
        if "DBSubnetGroupName" in request:
            request = {**request, "DBSubnetGroupName": _subnet_group_name(context, request["DBSubnetGroupName"])}
        unpaged = {key: value for key, value in request.items() if key not in ("Marker", "MaxRecords")}
        return page(request, "DBSubnetGroups", moto(context, "DescribeDBSubnetGroups", unpaged)["DBSubnetGroups"])

    def delete_db_subnet_group(self, context: RequestContext, request: Request) -> Response:
        name = _subnet_group_name(context, request["DBSubnetGroupName"])
        for database in records.backend(context).databases.values():
            group = getattr(database, "db_subnet_group", None)
            if group is not None and group.name == name:
                raise RdsError(
                    "InvalidDBSubnetGroupStateFault",
                    f"Cannot delete the subnet group '{name}' because at least one database instance: "
                    f"{database.db_instance_identifier} is still using it.",
                )
        return moto(context, "DeleteDBSubnetGroup", {"DBSubnetGroupName": name})

    def check_family(self, group: DBParameterGroup) -> None:
        """A group of another engine's family does not fit."""
        if group.family != versions.family():
            raise invalid_combination(
                f"The parameter group {group.name} with DBParameterGroupFamily {group.family} can't be used for this "
                f"instance. Please use a parameter group with DBParameterGroupFamily {versions.family()}"
            )

    def check_network(self, context: RequestContext, request: Request) -> None:
        """Subnet group and security groups exist."""
        if request.get("DBSubnetGroupName"):
            request["DBSubnetGroupName"] = _subnet_group_name(context, request["DBSubnetGroupName"])
        ec2 = ec2_backends[context.account_id][context.region]
        for group_id in request.get("VpcSecurityGroupIds") or []:
            if ec2.get_security_group_from_id(group_id) is None:
                raise invalid_value(f"Invalid security group , groupId= {group_id}, groupName=.")

    def _apply(self, context: RequestContext, group: DBParameterGroup, reboot_needed: bool) -> None:
        chosen = records.chosen_parameters(group)
        for identifier, database in records.backend(context).databases.items():
            instance = self.manager.get(records.key(context, identifier))
            if instance is not None and group in database.db_parameter_groups():
                self.manager.apply_parameters(instance, chosen, reboot_needed)


def _known(name: str) -> Parameter:
    parameter = parameters.catalogue().get(name)
    if parameter is None:
        raise invalid_value(f"Could not find parameter with name: {name}")
    return parameter


def _check_change(change: dict[str, Any]) -> None:
    parameter, value = _known(change["ParameterName"]), change.get("ParameterValue")
    if not parameter.modifiable:
        raise invalid_value(f"The parameter {parameter.name} cannot be modified.")
    if value is None or not parameter.accepts(value):
        raise invalid_value(
            f"Invalid parameter value: {value} for: {parameter.name} allowed values are: {parameter.allowed_values}"
        )
    if parameter.static and change.get("ApplyMethod") == "immediate":
        raise invalid_combination("cannot use immediate apply method for static parameter")


def _describe(parameter: Parameter, chosen: dict[str, Any] | None) -> dict[str, Any]:
    value = chosen["ParameterValue"] if chosen else parameter.boot_val
    described = {
        "ParameterName": parameter.name,
        "ParameterValue": value,
        "Description": parameter.short_desc,
        "Source": "user" if chosen else "engine-default",
        "ApplyType": "static" if parameter.static else "dynamic",
        "DataType": {"bool": "boolean", "real": "float", "enum": "string"}.get(parameter.vartype, parameter.vartype),
        "AllowedValues": parameter.allowed_values,
        "IsModifiable": parameter.modifiable,
        "ApplyMethod": (chosen or {}).get("ApplyMethod", models.PENDING_REBOOT),
    }
    return {key: value for key, value in described.items() if value is not None}


def _describe_version(name: str) -> dict[str, Any]:
    return {
        "Engine": versions.ENGINE,
        "EngineVersion": name,
        "MajorEngineVersion": name.split(".")[0],
        "DBParameterGroupFamily": versions.family(),
        "DBEngineDescription": "PostgreSQL",
        "DBEngineVersionDescription": f"PostgreSQL {name}",
        "ValidUpgradeTarget": [
            {"Engine": versions.ENGINE, "EngineVersion": newer, "IsMajorVersionUpgrade": False, "AutoUpgrade": False}
            for newer in versions.available()
            if versions.order(newer) > versions.order(name)
        ],
        "SupportsReadReplica": False,
        "Status": "available",
    }


def _subnet_group_name(context: RequestContext, name: str) -> str:
    if name.lower() not in records.backend(context).subnet_groups:
        raise RdsError("DBSubnetGroupNotFoundFault", f"DB subnet group '{name.lower()}' does not exist.", 404)
    return name.lower()


def _check_subnets(context: RequestContext, subnet_ids: list[str]) -> None:
    known = {subnet.id: subnet for subnet in ec2_backends[context.account_id][context.region].describe_subnets()}
    unknown = [subnet_id for subnet_id in subnet_ids if subnet_id not in known]
    if unknown:
        raise RdsError("InvalidSubnet", f"Some input subnets in :[{', '.join(unknown)}] are invalid.")
    zones = sorted({known[subnet_id].availability_zone for subnet_id in subnet_ids})
    if len(zones) < 2:
        raise RdsError(
            "DBSubnetGroupDoesNotCoverEnoughAZs",
            "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. "
            f"Current AZ coverage: {', '.join(zones)}. Add subnets to cover at least 2 AZs.",
        )
