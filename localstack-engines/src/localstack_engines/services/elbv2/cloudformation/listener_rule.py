"""AWS::ElasticLoadBalancingV2::ListenerRule.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-listenerrule.html
"""

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import refuse_replacement, to_request
from localstack_engines.cloudformation.resource import Resource
from localstack_engines.services.elbv2.cloudformation.updates import update_resource_tags

_READ_ONLY = ("RuleArn", "IsDefault")
_NOT_UPDATED = ("IsDefault", "ListenerArn", "Priority", "Tags")


class ListenerRule(Resource):
    TYPE = "AWS::ElasticLoadBalancingV2::ListenerRule"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "elbv2")
        made = client.create_rule(**to_request(client, "CreateRule", model, _READ_ONLY))["Rules"][0]
        return self.done({**model, "RuleArn": made["RuleArn"], "IsDefault": "false"})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous, client = request.desired_state, request.previous_state, self.client(request, "elbv2")
        refuse_replacement(previous, model, ("ListenerArn",))
        model |= {name: previous[name] for name in _READ_ONLY}
        if str(model["Priority"]) != str(previous["Priority"]):
            pair = {"RuleArn": model["RuleArn"], "Priority": int(model["Priority"])}
            client.set_rule_priorities(RulePriorities=[pair])
        client.modify_rule(**to_request(client, "ModifyRule", model, _NOT_UPDATED))
        update_resource_tags(client, model["RuleArn"], request)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        if arn := request.desired_state.get("RuleArn"):
            self.client(request, "elbv2").delete_rule(RuleArn=arn)
        return self.done({})
