"""AWS::RDS::DBSubnetGroup.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbsubnetgroup.html
"""

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Resource
from localstack_engines.services.rds.cloudformation.tags import update_resource_tags


class DBSubnetGroup(Resource):
    TYPE = "AWS::RDS::DBSubnetGroup"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        # RDS stores the name in lower case, and Ref returns it in lower case.
        name = model.get("DBSubnetGroupName") or self.default_name(request, length=255)
        model["DBSubnetGroupName"] = name.lower()
        rds = self.client(request, "rds")
        made = rds.create_db_subnet_group(**to_request(rds, "CreateDBSubnetGroup", model))
        model["DBSubnetGroupArn"] = made["DBSubnetGroup"]["DBSubnetGroupArn"]
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous, rds = request.desired_state, request.previous_state, self.client(request, "rds")
        for name in ("DBSubnetGroupName", "DBSubnetGroupArn"):
            model[name] = previous[name]
        rds.modify_db_subnet_group(**to_request(rds, "ModifyDBSubnetGroup", model, ignore=("DBSubnetGroupArn", "Tags")))
        update_resource_tags(rds, model["DBSubnetGroupArn"], request)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state or request.previous_state
        if name := model.get("DBSubnetGroupName"):
            self.client(request, "rds").delete_db_subnet_group(DBSubnetGroupName=name)
        return self.done({})
