"""Operations on option groups. PostgreSQL has no options, on AWS too, so the groups are empty."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.rds.api.operations import Operations, Request, Response
from localstack_engines.services.rds.api.paging import PAGER
from localstack_engines.services.rds.control import versions
from localstack_engines.services.rds.errors import invalid_combination, invalid_value, unknown_engine
from localstack_engines.services.rds.option_groups import OptionGroup
from localstack_engines.toolkit.errors import ServiceError


class OptionGroupOperations(Operations):
    """Creates, copies, describes, modifies and deletes option groups."""

    def create_option_group(self, context: RequestContext, request: Request) -> Response:
        _check_engine(request["EngineName"], request["MajorEngineVersion"])
        description = request["OptionGroupDescription"]
        if not description:
            raise invalid_value("The parameter OptionGroupDescription must be provided and must not be blank.")
        group = self.store.option_groups.create(
            context, request["OptionGroupName"], request["MajorEngineVersion"], description, _tags(request)
        )
        return {"OptionGroup": _described(group)}

    def copy_option_group(self, context: RequestContext, request: Request) -> Response:
        source = self.store.option_groups.get(context, request["SourceOptionGroupIdentifier"].rpartition(":og:")[2])
        name, description = request["TargetOptionGroupIdentifier"], request["TargetOptionGroupDescription"]
        group = self.store.option_groups.create(
            context, name, source.major, description, _tags(request) or dict(source.tags)
        )
        return {"OptionGroup": _described(group)}

    def describe_option_groups(self, context: RequestContext, request: Request) -> Response:
        name, engine, major = (request.get(key) for key in ("OptionGroupName", "EngineName", "MajorEngineVersion"))
        groups = [self.store.option_groups.get(context, name)] if name else list(self.store.option_groups.all(context))
        if engine not in (None, versions.ENGINE):
            groups = []
        groups = [group for group in groups if major in (None, group.major)]
        page, marker = PAGER.page([_described(group) for group in groups], request)
        return {"OptionGroupsList": page, **marker}

    def describe_option_group_options(self, context: RequestContext, request: Request) -> Response:
        _check_engine(request["EngineName"], request.get("MajorEngineVersion") or versions.major())
        return {"OptionGroupOptions": []}

    def modify_option_group(self, context: RequestContext, request: Request) -> Response:
        group = self.store.option_groups.get(context, request["OptionGroupName"])
        for option in request.get("OptionsToInclude") or []:
            raise invalid_combination(f"Invalid option: {option['OptionName']}. {versions.ENGINE} has no options.")
        for option in request.get("OptionsToRemove") or []:
            raise invalid_combination(f"The option {option} is not in the option group {group.name}.")
        return {"OptionGroup": _described(group)}

    def delete_option_group(self, context: RequestContext, request: Request) -> Response:
        group = self.store.option_groups.get(context, request["OptionGroupName"])
        used = self.store.instances_with_option_group(context, group.name)
        if group.is_default or used:
            why = f"used by {', '.join(used)}" if used else "a default group"
            raise ServiceError("InvalidOptionGroupStateFault", f"The option group {group.name} is {why}.")
        self.store.option_groups.delete(context, group)
        return {}


def _check_engine(engine: str, major: str) -> None:
    if engine != versions.ENGINE:
        raise unknown_engine(engine)
    if major not in versions.majors(engine):
        raise invalid_combination(f"Cannot find major version {major} for {engine}")


def _tags(request: Request) -> dict[str, str]:
    return {tag["Key"]: tag.get("Value", "") for tag in request.get("Tags") or []}


def _described(group: OptionGroup) -> dict[str, Any]:
    return {
        "OptionGroupName": group.name,
        "OptionGroupDescription": group.description,
        "EngineName": versions.ENGINE,
        "MajorEngineVersion": group.major,
        "Options": [],
        "AllowsVpcAndNonVpcInstanceMemberships": True,
        "OptionGroupArn": group.arn,
    }
