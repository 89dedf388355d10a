"""AWS::AutoScaling::LifecycleHook.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-autoscaling-lifecyclehook.html
"""

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import refuse_replacement, to_request
from localstack_engines.cloudformation.resource import Resource


class LifecycleHook(Resource):
    TYPE = "AWS::AutoScaling::LifecycleHook"
    DEFAULTS = {"DefaultResult": "ABANDON", "HeartbeatTimeout": 3600}

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "autoscaling")
        model["LifecycleHookName"] = model.get("LifecycleHookName") or self.default_name(request, 255)
        client.put_lifecycle_hook(**to_request(client, "PutLifecycleHook", model))
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous = request.desired_state, request.previous_state
        refuse_replacement(previous, model, ("AutoScalingGroupName", "LifecycleHookName"))
        model["LifecycleHookName"] = previous["LifecycleHookName"]
        return self.create(request)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        names = {key: request.desired_state[key] for key in ("AutoScalingGroupName", "LifecycleHookName")}
        self.client(request, "autoscaling").delete_lifecycle_hook(**names)
        return self.done({})
