"""CloudFormation types of ECS."""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import refuse_replacement, to_request
from localstack_engines.cloudformation.resource import Resource
from localstack_engines.services.ecs.cloudformation.service import ServiceResource
from localstack_engines.services.ecs.cloudformation.tags import replace_tags


class ClusterResource(Resource):
    TYPE = "AWS::ECS::Cluster"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "ecs")
        model["ClusterName"] = model.get("ClusterName") or self.default_name(request, 200)
        arguments = to_request(client, "CreateCluster", _renamed(model), ("Arn",))
        cluster = client.create_cluster(**arguments)["cluster"]
        return self.done(model | {"Arn": cluster["clusterArn"]})

    def read(self, request: ResourceRequest) -> ProgressEvent:
        return self.done(request.desired_state)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "ecs")
        refuse_replacement(request.previous_state, model, ("ClusterName",))
        model |= {key: request.previous_state[key] for key in ("ClusterName", "Arn")}
        changes = {
            key: model[key] for key in ("ClusterSettings", "Configuration", "ServiceConnectDefaults") if key in model
        }
        client.update_cluster(cluster=model["ClusterName"], **to_request(client, "UpdateCluster", _renamed(changes)))
        replace_tags(client, model["Arn"], request)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.client(request, "ecs").delete_cluster(cluster=request.desired_state["ClusterName"])
        return self.done({})


class ClusterCapacityProvidersResource(Resource):
    TYPE = "AWS::ECS::ClusterCapacityProviderAssociations"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "ecs")
        client.put_cluster_capacity_providers(**to_request(client, "PutClusterCapacityProviders", model))
        return self.done(model)

    def read(self, request: ResourceRequest) -> ProgressEvent:
        return self.done(request.desired_state)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        return self.create(request)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        self.client(request, "ecs").put_cluster_capacity_providers(
            cluster=request.desired_state["Cluster"], capacityProviders=[], defaultCapacityProviderStrategy=[]
        )
        return self.done({})


class TaskDefinitionResource(Resource):
    """Every change is a new revision. The one before stays ACTIVE until the next change: a rollback needs it."""

    TYPE = "AWS::ECS::TaskDefinition"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        model["Family"] = model.get("Family") or self.default_name(request, 200)
        return self.done(self._register(request, model))

    def read(self, request: ResourceRequest) -> ProgressEvent:
        return self.done(request.desired_state)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous = request.desired_state, request.previous_state
        model["Family"] = model.get("Family") or previous["Family"]
        client = self.client(request, "ecs")
        restored = model.get("TaskDefinitionArn")
        if restored and restored != previous["TaskDefinitionArn"] and self._is_active(client, restored):
            client.deregister_task_definition(taskDefinition=previous["TaskDefinitionArn"])
            return self.done(model)
        self._deregister_before(client, previous["TaskDefinitionArn"])
        return self.done(self._register(request, model))

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        client, arn = self.client(request, "ecs"), request.desired_state["TaskDefinitionArn"]
        self._deregister_before(client, arn)
        if self._is_active(client, arn):
            client.deregister_task_definition(taskDefinition=arn)
        return self.done({})

    def _register(self, request: ResourceRequest, model: dict[str, Any]) -> dict[str, Any]:
        client = self.client(request, "ecs")
        arguments = to_request(client, "RegisterTaskDefinition", model, ("TaskDefinitionArn",))
        registered = client.register_task_definition(**arguments)["taskDefinition"]
        return model | {"TaskDefinitionArn": registered["taskDefinitionArn"]}

    @staticmethod
    def _is_active(client: Any, arn: str) -> bool:
        try:
            return bool(client.describe_task_definition(taskDefinition=arn)["taskDefinition"]["status"] == "ACTIVE")
        except client.exceptions.ClientException:
            return False

    @staticmethod
    def _deregister_before(client: Any, arn: str) -> None:
        """Deregisters the family's ACTIVE revisions that are older than this one."""
        family, _, revision = arn.rsplit("/", 1)[-1].partition(":")
        for other in client.list_task_definitions(familyPrefix=family)["taskDefinitionArns"]:
            if int(other.rsplit(":", 1)[-1]) < int(revision):
                client.deregister_task_definition(taskDefinition=other)


def _renamed(model: dict[str, Any]) -> dict[str, Any]:
    """CloudFormation calls a cluster's settings ClusterSettings, the API settings."""
    renamed = {key: value for key, value in model.items() if key != "ClusterSettings"}
    return renamed | ({"settings": model["ClusterSettings"]} if "ClusterSettings" in model else {})


RESOURCE_PROVIDERS = {
    resource.TYPE: resource
    for resource in (ClusterResource, ClusterCapacityProvidersResource, TaskDefinitionResource, ServiceResource)
}
