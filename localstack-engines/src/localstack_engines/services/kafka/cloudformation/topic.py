"""AWS::MSK::Topic.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-msk-topic.html
"""

import base64
from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Failed, Resource


class Topic(Resource):
    TYPE = "AWS::MSK::Topic"
    # UpdateTopic leaves what its `configs` do not name, so a template cannot take them back.
    RESET = ()

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, kafka = request.desired_state, self.client(request, "kafka")
        made = kafka.create_topic(**to_request(kafka, "CreateTopic", model, ignore=("TopicArn",)))
        return self.done({**model, "TopicArn": made["TopicArn"]})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous, kafka = request.desired_state, request.previous_state, self.client(request, "kafka")
        if gone := sorted(_config_names(previous) - _config_names(model)):
            raise Failed(f"The local AWS::MSK::Topic cannot return {', '.join(gone)} to the default", "InvalidRequest")
        names = [name for name in ("Configs", "PartitionCount") if model.get(name) != previous.get(name)]
        changed = {name: model[name] for name in names if name in model}
        if changed:
            identity = {name: model[name] for name in ("ClusterArn", "TopicName")}
            kafka.update_topic(**to_request(kafka, "UpdateTopic", identity | changed))
        return self.done({**model, "TopicArn": previous["TopicArn"]})

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state or request.previous_state
        if model.get("TopicArn"):
            identity = {name: model[name] for name in ("ClusterArn", "TopicName")}
            self.client(request, "kafka").delete_topic(**identity)
        return self.done({})


def _config_names(model: dict[str, Any]) -> set[str]:
    """Returns the names in `Configs`: lines of the form name=value, in Base64."""
    lines = base64.b64decode(model.get("Configs") or "").decode().splitlines()
    return {line.partition("=")[0].strip() for line in lines if line.strip()}
