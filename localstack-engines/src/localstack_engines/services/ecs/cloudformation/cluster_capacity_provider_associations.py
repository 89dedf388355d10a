"""AWS::ECS::ClusterCapacityProviderAssociations.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-clustercapacityproviderassociations.html
"""

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Resource


class ClusterCapacityProviderAssociations(Resource):
    TYPE = "AWS::ECS::ClusterCapacityProviderAssociations"
    DEFAULTS = {"CapacityProviders": []}

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "ecs")
        client.put_cluster_capacity_providers(**to_request(client, "PutClusterCapacityProviders", model))
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        return self.create(request)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.client(request, "ecs").put_cluster_capacity_providers(
            cluster=request.desired_state["Cluster"], capacityProviders=[], defaultCapacityProviderStrategy=[]
        )
        return self.done({})
