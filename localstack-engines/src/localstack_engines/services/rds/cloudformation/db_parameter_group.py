"""AWS::RDS::DBParameterGroup.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbparametergroup.html
"""

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Resource
from localstack_engines.services.rds.cloudformation.parameters import set_parameters, update_parameters
from localstack_engines.services.rds.cloudformation.tags import update_resource_tags

_KIND = "db_parameter"


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
        set_parameters(rds, _KIND, model["DBParameterGroupName"], model.get("Parameters") or {})
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous, rds = request.desired_state, request.previous_state, self.client(request, "rds")
        for name in ("DBParameterGroupName", "DBParameterGroupArn"):
            model[name] = previous[name]
        old, new = previous.get("Parameters") or {}, model.get("Parameters") or {}
        update_parameters(rds, _KIND, model["DBParameterGroupName"], old, new)
        update_resource_tags(rds, model["DBParameterGroupArn"], request)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state or request.previous_state
        if name := model.get("DBParameterGroupName"):
            self.client(request, "rds").delete_db_parameter_group(DBParameterGroupName=name)
        return self.done({})
