"""AWS::RDS::OptionGroup.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-optiongroup.html
"""

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Failed, Resource
from localstack_engines.services.rds.cloudformation.tags import update_resource_tags


class OptionGroup(Resource):
    TYPE = "AWS::RDS::OptionGroup"
    RESET = ("OptionConfigurations", "Tags")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, rds = request.desired_state, self.client(request, "rds")
        _refuse_options(model)
        model["OptionGroupName"] = (model.get("OptionGroupName") or self.default_name(request, length=255)).lower()
        rds.create_option_group(**to_request(rds, "CreateOptionGroup", model, ignore=("OptionConfigurations",)))
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous, rds = request.desired_state, request.previous_state, self.client(request, "rds")
        _refuse_options(model)
        name = model["OptionGroupName"] = previous["OptionGroupName"]
        [found] = rds.describe_option_groups(OptionGroupName=name)["OptionGroupsList"]
        update_resource_tags(rds, found["OptionGroupArn"], request)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state or request.previous_state
        if name := model.get("OptionGroupName"):
            self.client(request, "rds").delete_option_group(OptionGroupName=name)
        return self.done({})


def _refuse_options(model: dict[str, object]) -> None:
    if model.get("OptionConfigurations"):
        raise Failed("PostgreSQL has no options: OptionConfigurations must be empty.", "InvalidRequest")
