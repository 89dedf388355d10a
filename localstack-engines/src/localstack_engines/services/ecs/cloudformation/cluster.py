"""AWS::ECS::Cluster.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-cluster.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import refuse_replacement, to_request
from localstack_engines.cloudformation.resource import Resource
from localstack_engines.services.ecs.cloudformation.tags import update_resource_tags

_CAPACITY = ("CapacityProviders", "DefaultCapacityProviderStrategy")


class Cluster(Resource):
    TYPE = "AWS::ECS::Cluster"
    DEFAULTS = {
        "ClusterSettings": [{"Name": "containerInsights", "Value": "disabled"}],
        "Configuration": {},
        "ServiceConnectDefaults": {"Namespace": ""},
    }
    RESET = (*_CAPACITY, "Tags")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "ecs")
        model["ClusterName"] = model.get("ClusterName") or self.default_name(request, 200)
        arguments = to_request(client, "CreateCluster", _renamed(model), ("Arn",))
        cluster = client.create_cluster(**arguments)["cluster"]
        return self.done(model | {"Arn": cluster["clusterArn"]})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "ecs")
        refuse_replacement(request.previous_state, model, ("ClusterName",))
        model |= {key: request.previous_state[key] for key in ("ClusterName", "Arn")}
        changes = {
            key: model[key] for key in ("ClusterSettings", "Configuration", "ServiceConnectDefaults") if key in model
        }
        client.update_cluster(cluster=model["ClusterName"], **to_request(client, "UpdateCluster", _renamed(changes)))
        if any(model.get(name) != request.previous_state.get(name) for name in _CAPACITY):
            capacity = {"Cluster": model["ClusterName"], **{name: model.get(name) or [] for name in _CAPACITY}}
            client.put_cluster_capacity_providers(**to_request(client, "PutClusterCapacityProviders", capacity))
        update_resource_tags(client, model["Arn"], request)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.client(request, "ecs").delete_cluster(cluster=request.desired_state["ClusterName"])
        return self.done({})


def _renamed(model: dict[str, Any]) -> dict[str, Any]:
    """Renames CloudFormation's ClusterSettings to the API's `settings`."""
    renamed = {key: value for key, value in model.items() if key != "ClusterSettings"}
    return renamed | ({"settings": model["ClusterSettings"]} if "ClusterSettings" in model else {})
