"""AWS::RDS::DBParameterGroup.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbparametergroup.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Resource
from localstack_engines.services.rds import models
from localstack_engines.services.rds.cloudformation.tags import update_resource_tags

_BATCH = 20
"""ModifyDBParameterGroup accepts this many parameters in a request."""


class DBParameterGroup(Resource):
    TYPE = "AWS::RDS::DBParameterGroup"
    RESET = ("Parameters", "Tags")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, rds = request.desired_state, self.client(request, "rds")
        if not model.get("DBParameterGroupName"):
            model["DBParameterGroupName"] = self.default_name(request, length=255).lower()
        properties = {**model, "DBParameterGroupFamily": model["Family"]}
        arguments = to_request(rds, "CreateDBParameterGroup", properties, ignore=("Family", "Parameters"))
        made = rds.create_db_parameter_group(**arguments)
        self.created(request)
        model["DBParameterGroupArn"] = made["DBParameterGroup"]["DBParameterGroupArn"]
        self._set(rds, model, model.get("Parameters") or {})
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous, rds = request.desired_state, request.previous_state, self.client(request, "rds")
        for name in ("DBParameterGroupName", "DBParameterGroupArn"):
            model[name] = previous[name]
        old, new = previous.get("Parameters") or {}, model.get("Parameters") or {}
        self._set(rds, model, {name: value for name, value in new.items() if old.get(name) != value})
        if gone := sorted(old.keys() - new.keys()):
            parameters = [{"ParameterName": name, "ApplyMethod": models.PENDING_REBOOT} for name in gone]
            rds.reset_db_parameter_group(DBParameterGroupName=model["DBParameterGroupName"], Parameters=parameters)
        update_resource_tags(rds, model["DBParameterGroupArn"], request)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state or request.previous_state
        if name := model.get("DBParameterGroupName"):
            self.client(request, "rds").delete_db_parameter_group(DBParameterGroupName=name)
        return self.done({})

    @staticmethod
    def _set(rds: Any, model: dict[str, Any], parameters: dict[str, Any]) -> None:
        group = model["DBParameterGroupName"]
        if not parameters:
            return
        pages = rds.get_paginator("describe_db_parameters").paginate(DBParameterGroupName=group)
        static = {
            found["ParameterName"] for page in pages for found in page["Parameters"] if found["ApplyType"] == "static"
        }
        changes = [
            {
                "ParameterName": name,
                "ParameterValue": str(value),
                "ApplyMethod": models.PENDING_REBOOT if name in static else "immediate",
            }
            for name, value in parameters.items()
        ]
        for start in range(0, len(changes), _BATCH):
            rds.modify_db_parameter_group(DBParameterGroupName=group, Parameters=changes[start : start + _BATCH])
