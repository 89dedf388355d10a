"""AWS::MSK::Topic.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-msk-topic.html
"""

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Resource


class Topic(Resource):
    TYPE = "AWS::MSK::Topic"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, kafka = request.desired_state, self.client(request, "kafka")
        made = kafka.create_topic(**to_request(kafka, "CreateTopic", model, ignore=("TopicArn",)))
        return self.done({**model, "TopicArn": made["TopicArn"]})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous, kafka = request.desired_state, request.previous_state, self.client(request, "kafka")
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
