"""AWS::RDS::DBClusterParameterGroup.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbclusterparametergroup.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Resource
from localstack_engines.services.rds.cloudformation.parameters import set_parameters, update_parameters
from localstack_engines.services.rds.cloudformation.tags import update_resource_tags

_KIND = "db_cluster_parameter"


class DBClusterParameterGroup(Resource):
    TYPE = "AWS::RDS::DBClusterParameterGroup"
    RESET = ("Parameters", "Tags")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, rds = request.desired_state, self.client(request, "rds")
        if not model.get("DBClusterParameterGroupName"):
            model["DBClusterParameterGroupName"] = self.default_name(request, length=255).lower()
        properties = {**model, "DBParameterGroupFamily": model["Family"]}
        arguments = to_request(rds, "CreateDBClusterParameterGroup", properties, ignore=("Family", "Parameters"))
        rds.create_db_cluster_parameter_group(**arguments)
        self.created(request)
        set_parameters(rds, _KIND, model["DBClusterParameterGroupName"], model.get("Parameters") or {})
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous, rds = request.desired_state, request.previous_state, self.client(request, "rds")
        name = model["DBClusterParameterGroupName"] = previous["DBClusterParameterGroupName"]
        update_parameters(rds, _KIND, name, previous.get("Parameters") or {}, model.get("Parameters") or {})
        update_resource_tags(rds, _arn(rds, name), request)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state or request.previous_state
        if name := model.get("DBClusterParameterGroupName"):
            self.client(request, "rds").delete_db_cluster_parameter_group(DBClusterParameterGroupName=name)
        return self.done({})


def _arn(rds: Any, name: str) -> str:
    found = rds.describe_db_cluster_parameter_groups(DBClusterParameterGroupName=name)["DBClusterParameterGroups"]
    return str(found[0]["DBClusterParameterGroupArn"])
