"""Operations on DB parameter groups."""

from typing import Any

from localstack.aws.api import RequestContext

from localstack_engines.services.rds import models
from localstack_engines.services.rds.api import descriptions, validation
from localstack_engines.services.rds.api.operations import Operations, Request, Response, key, name_of
from localstack_engines.services.rds.api.paging import PAGER, check_page_size
from localstack_engines.services.rds.control import events, parameters, versions
from localstack_engines.services.rds.errors import invalid_value, unknown_family
from localstack_engines.toolkit.dispatch import moto
from localstack_engines.toolkit.errors import ServiceError


class ParameterGroupOperations(Operations):
    """Creates, describes, modifies, resets and deletes parameter groups. Changes reach the group's instances."""

    def create_db_parameter_group(self, context: RequestContext, request: Request) -> Response:
        name = request["DBParameterGroupName"].lower()
        if request["DBParameterGroupFamily"] not in versions.families():
            raise unknown_family(request["DBParameterGroupFamily"])
        return moto(context, "CreateDBParameterGroup", {**request, "DBParameterGroupName": name})

    def copy_db_parameter_group(self, context: RequestContext, request: Request) -> Response:
        source = self.parameter_group(context, name_of(request["SourceDBParameterGroupIdentifier"]))
        target = request["TargetDBParameterGroupIdentifier"].lower()
        if self.store.has_parameter_group(context, target):
            raise ServiceError("DBParameterGroupAlreadyExists", f"Parameter group {target} already exists")
        made = moto(
            context,
            "CreateDBParameterGroup",
            {
                "DBParameterGroupName": target,
                "DBParameterGroupFamily": source.family,
                "Description": request["TargetDBParameterGroupDescription"],
                "Tags": request.get("Tags") or [],
            },
        )
        self.store.copy_parameters(context, source.name, target)
        return made

    def describe_db_parameter_groups(self, context: RequestContext, request: Request) -> Response:
        check_page_size(request)
        # The look-up also makes the record of the default group.
        group = self.parameter_group(context, request.get("DBParameterGroupName"))
        if "DBParameterGroupName" in request:
            request = {**request, "DBParameterGroupName": group.name}
        return moto(context, "DescribeDBParameterGroups", request)

    def modify_db_parameter_group(self, context: RequestContext, request: Request) -> Response:
        group = self.parameter_group(context, request["DBParameterGroupName"])
        if group.is_default:
            raise invalid_value("You cannot modify a default parameter group. Create your own parameter group.")
        for change in request["Parameters"]:
            validation.check_parameter_change(group.family, change)
        response = moto(context, "ModifyDBParameterGroup", {**request, "DBParameterGroupName": group.name})
        waits = any(change.get("ApplyMethod") == models.PENDING_REBOOT for change in request["Parameters"])
        self._apply(context, group.name, reboot_needed=waits)
        for change in request["Parameters"]:
            text = (
                f"{change['ParameterName']} to {change['ParameterValue']} with apply method {change.get('ApplyMethod')}"
            )
            self.event_log(context).record(events.PARAMETER_CHANGED, group.name, "pg", text)
        return response

    def reset_db_parameter_group(self, context: RequestContext, request: Request) -> Response:
        group = self.parameter_group(context, request["DBParameterGroupName"])
        names = [parameter["ParameterName"] for parameter in request.get("Parameters") or []]
        for name in names:
            validation.known_parameter(group.family, name)
        reset_all = request.get("ResetAllParameters", not names)
        self.store.reset_parameters(context, group.name, None if reset_all else names)
        self._apply(context, group.name, reboot_needed=True)
        return {"DBParameterGroupName": group.name}

    def delete_db_parameter_group(self, context: RequestContext, request: Request) -> Response:
        group = self.parameter_group(context, request["DBParameterGroupName"])
        if group.is_default:
            raise ServiceError("InvalidDBParameterGroupState", "You cannot delete a default parameter group.")
        if self.store.instances_with_parameter_group(context, group.name):
            raise ServiceError(
                "InvalidDBParameterGroupState",
                f"One or more database instances are still members of this parameter group {group.name}, "
                "so the group cannot be deleted",
            )
        moto(context, "DeleteDBParameterGroup", {"DBParameterGroupName": group.name})
        return {}

    def describe_db_parameters(self, context: RequestContext, request: Request) -> Response:
        group = self.parameter_group(context, request["DBParameterGroupName"])
        described: list[dict[str, Any]] = [
            descriptions.parameter(parameter, group.parameters.get(name))
            for name, parameter in parameters.of_family(group.family).items()
        ]
        source = request.get("Source")
        page, marker = PAGER.page([one for one in described if source in (None, one["Source"])], request)
        return {"Parameters": page, **marker}

    def _apply(self, context: RequestContext, group: str, reboot_needed: bool) -> None:
        found = self.store.parameter_group(context, group)
        for identifier in self.store.instances_with_parameter_group(context, group):
            instance = self.manager.get(key(context, identifier))
            if instance is not None:
                chosen = self.chosen_parameters(context, instance.cluster, found)
                self.manager.apply_parameters(instance, chosen, reboot_needed)
