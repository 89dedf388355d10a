"""AWS::ElasticLoadBalancingV2::TargetGroup.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-targetgroup.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import refuse_replacement, to_request
from localstack_engines.cloudformation.resource import Resource
from localstack_engines.services.elbv2 import attributes
from localstack_engines.services.elbv2.cloudformation.updates import changed_attributes, update_resource_tags

_READ_ONLY = ("LoadBalancerArns", "TargetGroupArn", "TargetGroupFullName", "TargetGroupName")
_SEPARATE = ("TargetGroupAttributes", "Targets")
_CREATE_ONLY = ("TargetType", "ProtocolVersion", "Port", "Name", "VpcId", "Protocol", "IpAddressType")
_NOT_UPDATED = (
    *(name for name in _READ_ONLY if name != "TargetGroupArn"),
    *_SEPARATE,
    *_CREATE_ONLY,
    "Tags",
)


class TargetGroup(Resource):
    TYPE = "AWS::ElasticLoadBalancingV2::TargetGroup"
    DEFAULTS = {
        "HealthCheckEnabled": True,
        "HealthCheckIntervalSeconds": 30,
        "HealthCheckPort": "traffic-port",
        "HealthyThresholdCount": 5,
        "UnhealthyThresholdCount": 2,
    }
    RESET = ("Tags", "TargetGroupAttributes", "Targets")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "elbv2")
        model.setdefault("Name", self.default_name(request, 32))
        arguments = to_request(client, "CreateTargetGroup", model, (*_READ_ONLY, *_SEPARATE))
        arn = client.create_target_group(**arguments)["TargetGroups"][0]["TargetGroupArn"]
        full_name = arn.rpartition(":")[2]
        model |= {"TargetGroupArn": arn, "TargetGroupFullName": full_name, "TargetGroupName": model["Name"]}
        self._modify_attributes(client, model, [])
        if model.get("Targets"):
            client.register_targets(**_targets(client, "RegisterTargets", arn, model["Targets"]))
        return self.done({**model, "LoadBalancerArns": []})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous, client = request.desired_state, request.previous_state, self.client(request, "elbv2")
        refuse_replacement(previous, model, _CREATE_ONLY)
        model |= {name: previous[name] for name in (*_READ_ONLY, "Name")}
        client.modify_target_group(**to_request(client, "ModifyTargetGroup", model, _NOT_UPDATED))
        self._modify_attributes(client, model, previous.get("TargetGroupAttributes") or [])
        old, new = previous.get("Targets") or [], model.get("Targets") or []
        if added := [target for target in new if target not in old]:
            client.register_targets(**_targets(client, "RegisterTargets", model["TargetGroupArn"], added))
        if gone := [target for target in old if target not in new]:
            client.deregister_targets(**_targets(client, "DeregisterTargets", model["TargetGroupArn"], gone))
        update_resource_tags(client, model["TargetGroupArn"], request)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        if arn := request.desired_state.get("TargetGroupArn"):
            self.client(request, "elbv2").delete_target_group(TargetGroupArn=arn)
        return self.done({})

    @staticmethod
    def _modify_attributes(client: Any, model: dict[str, Any], before: list[dict[str, str]]) -> None:
        table = attributes.of_target_group(model["Protocol"])
        if changes := changed_attributes(table, before, model.get("TargetGroupAttributes")):
            client.modify_target_group_attributes(TargetGroupArn=model["TargetGroupArn"], Attributes=changes)


def _targets(client: Any, operation: str, arn: str, targets: list[dict[str, Any]]) -> dict[str, Any]:
    return to_request(client, operation, {"TargetGroupArn": arn, "Targets": targets})
