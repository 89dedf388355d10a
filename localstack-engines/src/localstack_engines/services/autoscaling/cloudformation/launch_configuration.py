"""AWS::AutoScaling::LaunchConfiguration.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-autoscaling-launchconfiguration.html
"""

import base64

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import refuse_replacement, to_request
from localstack_engines.cloudformation.resource import Resource


class LaunchConfiguration(Resource):
    TYPE = "AWS::AutoScaling::LaunchConfiguration"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "autoscaling")
        model["LaunchConfigurationName"] = model.get("LaunchConfigurationName") or self.default_name(request, 255)
        properties = {key: value for key, value in model.items() if key not in ("InstanceMonitoring", "UserData")}
        if "InstanceMonitoring" in model:
            properties["InstanceMonitoring"] = {"Enabled": model["InstanceMonitoring"]}
        arguments = to_request(client, "CreateLaunchConfiguration", properties)
        if model.get("UserData"):
            # Templates carry it encoded, and the client encodes what it is given.
            arguments["UserData"] = base64.b64decode(model["UserData"])
        client.create_launch_configuration(**arguments)
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        """Changes nothing: on AWS every change makes a new launch configuration."""
        refuse_replacement(request.previous_state, request.desired_state, tuple(request.desired_state))
        return self.done(request.previous_state)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        name, client = request.desired_state["LaunchConfigurationName"], self.client(request, "autoscaling")
        if client.describe_launch_configurations(LaunchConfigurationNames=[name])["LaunchConfigurations"]:
            client.delete_launch_configuration(LaunchConfigurationName=name)
        return self.done({})
