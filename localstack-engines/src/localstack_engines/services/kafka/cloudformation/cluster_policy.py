"""AWS::MSK::ClusterPolicy.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-msk-clusterpolicy.html
"""

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import json_text, to_request
from localstack_engines.cloudformation.resource import Resource


class ClusterPolicy(Resource):
    TYPE = "AWS::MSK::ClusterPolicy"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, kafka = request.desired_state, self.client(request, "kafka")
        properties = {**model, "Policy": json_text(model["Policy"])}
        arguments = to_request(kafka, "PutClusterPolicy", properties, ignore=("CurrentVersion",))
        return self.done({**model, "CurrentVersion": kafka.put_cluster_policy(**arguments)["CurrentVersion"]})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        return self.create(request)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state or request.previous_state
        self.client(request, "kafka").delete_cluster_policy(ClusterArn=model["ClusterArn"])
        return self.done({})
