"""AWS::MSK::BatchScramSecret.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-msk-batchscramsecret.html
"""

from collections.abc import Callable, Iterable
from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.resource import Failed, Resource

_MOST_AT_ONCE = 10


class BatchScramSecret(Resource):
    TYPE = "AWS::MSK::BatchScramSecret"
    RESET = ("SecretArnList",)

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        self._change(request, model["ClusterArn"], set(), _secrets(model))
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        self._change(request, model["ClusterArn"], _secrets(request.previous_state), _secrets(model))
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state or request.previous_state
        self._change(request, model["ClusterArn"], _secrets(model), set())
        return self.done({})

    def _change(self, request: ResourceRequest, cluster: str, before: set[str], after: set[str]) -> None:
        """Associates the new secrets first: a secret that cannot be associated leaves the former ones."""
        kafka = self.client(request, "kafka")
        _call(kafka.batch_associate_scram_secret, cluster, after - before)
        pages = kafka.get_paginator("list_scram_secrets").paginate(ClusterArn=cluster)
        # What a failed action was to associate is not there when it is undone.
        known = {arn for page in pages for arn in page["SecretArnList"]}
        _call(kafka.batch_disassociate_scram_secret, cluster, (before - after) & known)


def _secrets(model: dict[str, Any]) -> set[str]:
    return set(model.get("SecretArnList") or [])


def _call(operation: Callable[..., dict[str, Any]], cluster: str, secrets: Iterable[str]) -> None:
    wanted = sorted(secrets)
    for start in range(0, len(wanted), _MOST_AT_ONCE):
        answer = operation(ClusterArn=cluster, SecretArnList=wanted[start : start + _MOST_AT_ONCE])
        for failure in answer["UnprocessedScramSecrets"]:
            raise Failed(f"{failure['ErrorMessage']} ({failure['SecretArn']})", failure["ErrorCode"])
