"""AWS::ElasticLoadBalancingV2::ListenerCertificate: the certificates of a listener besides its default one.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-elasticloadbalancingv2-listenercertificate.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import refuse_replacement
from localstack_engines.cloudformation.resource import Resource


class ListenerCertificate(Resource):
    TYPE = "AWS::ElasticLoadBalancingV2::ListenerCertificate"

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model, client = request.desired_state, self.client(request, "elbv2")
        client.add_listener_certificates(ListenerArn=model["ListenerArn"], Certificates=model["Certificates"])
        return self.done({**model, "Id": self.default_name(request)})

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model, previous, client = request.desired_state, request.previous_state, self.client(request, "elbv2")
        refuse_replacement(previous, model, ("ListenerArn",))
        model["Id"] = previous["Id"]
        old, new = _arns(previous), _arns(model)
        if added := [arn for arn in new if arn not in old]:
            client.add_listener_certificates(ListenerArn=model["ListenerArn"], Certificates=_members(added))
        if gone := [arn for arn in old if arn not in new]:
            client.remove_listener_certificates(ListenerArn=model["ListenerArn"], Certificates=_members(gone))
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        self.client(request, "elbv2").remove_listener_certificates(
            ListenerArn=model["ListenerArn"], Certificates=_members(_arns(model))
        )
        return self.done({})


def _arns(model: dict[str, Any]) -> list[str]:
    return [item["CertificateArn"] for item in model["Certificates"]]


def _members(arns: list[str]) -> list[dict[str, str]]:
    return [{"CertificateArn": arn} for arn in arns]
