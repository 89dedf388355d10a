"""AWS::ElasticLoadBalancingV2::LoadBalancer. It is complete when the load balancer is active.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-loadbalancer.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import refuse_replacement, to_request
from localstack_engines.cloudformation.resource import Failed, Resource
from localstack_engines.services.elbv2 import attributes
from localstack_engines.services.elbv2.cloudformation.updates import changed_attributes, update_resource_tags

_READ_ONLY = ("LoadBalancerName", "LoadBalancerFullName", "CanonicalHostedZoneID", "LoadBalancerArn", "DNSName")
_NOT_IN_CREATE = (*_READ_ONLY, "LoadBalancerAttributes")


class LoadBalancer(Resource):
    TYPE = "AWS::ElasticLoadBalancingV2::LoadBalancer"
    DEFAULTS = {"IpAddressType": "ipv4"}
    RESET = ("LoadBalancerAttributes", "Tags", "Subnets", "SubnetMappings")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "elbv2")
        if not request.custom_context:
            model.setdefault("Name", self.default_name(request, 32))
            # Only in EC2-Classic were load balancers without a type.
            model.setdefault("Type", "application")
            arguments = to_request(client, "CreateLoadBalancer", model, _NOT_IN_CREATE)
            made = client.create_load_balancer(**arguments)["LoadBalancers"][0]
            model |= _read_only(made)
            self._modify_attributes(client, model, [])
            return self.wait(request, model)
        state = client.describe_load_balancers(LoadBalancerArns=[model["LoadBalancerArn"]])["LoadBalancers"][0]["State"]
        if state["Code"] == "failed":
            raise Failed(f"The load balancer does not start: {state.get('Reason')}")
        return self.done(model) if state["Code"] == "active" else self.wait(request, model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous, client = request.desired_state, request.previous_state, self.client(request, "elbv2")
        model.setdefault("Type", previous["Type"])
        refuse_replacement(previous, model, ("Name", "Type", "Scheme"))
        model |= {name: previous[name] for name in (*_READ_ONLY, "Name")}
        arn = model["LoadBalancerArn"]
        if model.get("SecurityGroups") and model["SecurityGroups"] != previous.get("SecurityGroups"):
            client.set_security_groups(LoadBalancerArn=arn, SecurityGroups=model["SecurityGroups"])
        names = ("Subnets", "SubnetMappings")
        if any(model.get(name) != previous.get(name) for name in names):
            subnets = {name: model[name] for name in names if model.get(name)}
            client.set_subnets(**to_request(client, "SetSubnets", {"LoadBalancerArn": arn, **subnets}))
        if model.get("IpAddressType") not in (None, previous.get("IpAddressType")):
            client.set_ip_address_type(LoadBalancerArn=arn, IpAddressType=model["IpAddressType"])
        self._modify_attributes(client, model, previous.get("LoadBalancerAttributes") or [])
        update_resource_tags(client, arn, request)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        if arn := request.desired_state.get("LoadBalancerArn"):
            self.client(request, "elbv2").delete_load_balancer(LoadBalancerArn=arn)
        return self.done({})

    @staticmethod
    def _modify_attributes(client: Any, model: dict[str, Any], before: list[dict[str, str]]) -> None:
        table = attributes.of_load_balancer(model["Type"])
        if changes := changed_attributes(table, before, model.get("LoadBalancerAttributes")):
            client.modify_load_balancer_attributes(LoadBalancerArn=model["LoadBalancerArn"], Attributes=changes)


def _read_only(made: dict[str, Any]) -> dict[str, Any]:
    return {
        "LoadBalancerArn": made["LoadBalancerArn"],
        "LoadBalancerName": made["LoadBalancerName"],
        "LoadBalancerFullName": made["LoadBalancerArn"].partition(":loadbalancer/")[2],
        "CanonicalHostedZoneID": made["CanonicalHostedZoneId"],
        "DNSName": made["DNSName"],
    }
