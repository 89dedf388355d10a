"""AWS::EC2::LaunchTemplate. Ref returns the template's id. Each change makes a new version.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ec2-launchtemplate.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import refuse_replacement, to_request
from localstack_engines.core_types.ec2.ec2_resource import Ec2Resource

_READ_ONLY = ("LaunchTemplateId", "LatestVersionNumber", "DefaultVersionNumber")


class LaunchTemplate(Ec2Resource):
    TYPE = "AWS::EC2::LaunchTemplate"
    FIXED = ("TagSpecifications",)
    RESET = ("VersionDescription",)

    def create(self, request: ResourceRequest) -> ProgressEvent:
        ec2, model = self.ec2(request), request.desired_state
        model["LaunchTemplateName"] = model.get("LaunchTemplateName") or self.default_name(request, 125)
        made = ec2.create_launch_template(**to_request(ec2, "CreateLaunchTemplate", model, _READ_ONLY))
        return self.done(model | _attributes(made["LaunchTemplate"]))

    def update(self, request: ResourceRequest) -> ProgressEvent:
        ec2, model, previous = self.ec2(request), request.desired_state, request.previous_state
        refuse_replacement(previous, model, ("LaunchTemplateName",))
        model |= {key: previous[key] for key in ("LaunchTemplateName", *_READ_ONLY) if key in previous}
        if model["LaunchTemplateData"] != previous["LaunchTemplateData"]:
            change = {
                k: model[k] for k in ("LaunchTemplateId", "LaunchTemplateData", "VersionDescription") if k in model
            }
            ec2.create_launch_template_version(**to_request(ec2, "CreateLaunchTemplateVersion", change))
            [template] = ec2.describe_launch_templates(LaunchTemplateIds=[model["LaunchTemplateId"]])["LaunchTemplates"]
            model |= _attributes(template)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.ec2(request).delete_launch_template(LaunchTemplateId=request.desired_state["LaunchTemplateId"])
        return self.done({})


def _attributes(template: dict[str, Any]) -> dict[str, str]:
    return {key: str(template[key]) for key in _READ_ONLY}
