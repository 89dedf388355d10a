"""AWS::ECS::CapacityProvider.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-capacityprovider.html
"""

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import refuse_replacement, to_request
from localstack_engines.cloudformation.resource import Resource
from localstack_engines.services.ecs.cloudformation.tags import update_resource_tags


class CapacityProvider(Resource):
    TYPE = "AWS::ECS::CapacityProvider"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "ecs")
        model["Name"] = model.get("Name") or self.default_name(request, 255)
        client.create_capacity_provider(**to_request(client, "CreateCapacityProvider", model))
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous, client = request.desired_state, request.previous_state, self.client(request, "ecs")
        refuse_replacement(previous, model, ("Name",))
        model["Name"] = previous["Name"]
        group = dict(model.get("AutoScalingGroupProvider") or {})
        refuse_replacement(previous.get("AutoScalingGroupProvider") or {}, group, ("AutoScalingGroupArn",))
        group.pop("AutoScalingGroupArn", None)
        change = {"Name": model["Name"], "AutoScalingGroupProvider": group}
        client.update_capacity_provider(**to_request(client, "UpdateCapacityProvider", change))
        [found] = client.describe_capacity_providers(capacityProviders=[model["Name"]])["capacityProviders"]
        update_resource_tags(client, found["capacityProviderArn"], request)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        name, client = request.desired_state["Name"], self.client(request, "ecs")
        if client.describe_capacity_providers(capacityProviders=[name])["capacityProviders"]:
            client.delete_capacity_provider(capacityProvider=name)
        return self.done({})
