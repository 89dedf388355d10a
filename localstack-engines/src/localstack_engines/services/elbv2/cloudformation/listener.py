"""AWS::ElasticLoadBalancingV2::Listener.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-listener.html
"""

from collections.abc import Mapping
from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import refuse_replacement, to_request
from localstack_engines.cloudformation.resource import Resource
from localstack_engines.services.elbv2 import attributes
from localstack_engines.services.elbv2.cloudformation.updates import changed_attributes, update_resource_tags

_NOT_IN_THE_REQUEST = ("ListenerArn", "ListenerAttributes")
_NOT_UPDATED = ("ListenerAttributes", "LoadBalancerArn", "Tags")


class Listener(Resource):
    TYPE = "AWS::ElasticLoadBalancingV2::Listener"
    DEFAULTS = {
        "SslPolicy": "ELBSecurityPolicy-2016-08",
        "AlpnPolicy": ["None"],
        "MutualAuthentication": {"Mode": "off"},
    }
    RESET = ("Certificates", "ListenerAttributes", "Tags")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "elbv2")
        arguments = to_request(client, "CreateListener", model, _NOT_IN_THE_REQUEST)
        model["ListenerArn"] = client.create_listener(**arguments)["Listeners"][0]["ListenerArn"]
        if changes := changed_attributes(_table(model), [], model.get("ListenerAttributes")):
            client.modify_listener_attributes(ListenerArn=model["ListenerArn"], Attributes=changes)
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous, client = request.desired_state, request.previous_state, self.client(request, "elbv2")
        refuse_replacement(previous, model, ("LoadBalancerArn",))
        model["ListenerArn"] = previous["ListenerArn"]
        arguments = to_request(client, "ModifyListener", model, _NOT_UPDATED)
        if model.get("Protocol") not in ("HTTPS", "TLS"):
            # A policy that the template no longer has goes with the protocol.
            arguments.pop("SslPolicy", None)
        client.modify_listener(**arguments)
        before = previous.get("ListenerAttributes")
        if changes := changed_attributes(_table(model), before, model.get("ListenerAttributes")):
            client.modify_listener_attributes(ListenerArn=model["ListenerArn"], Attributes=changes)
        update_resource_tags(client, model["ListenerArn"], request)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        if arn := request.desired_state.get("ListenerArn"):
            self.client(request, "elbv2").delete_listener(ListenerArn=arn)
        return self.done({})


def _table(model: dict[str, Any]) -> Mapping[str, attributes.Attribute]:
    return attributes.of_listener(model.get("Protocol") or "")
