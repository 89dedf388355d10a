"""AWS::IAM::Policy: an inline policy of roles, users and groups.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-policy.html
"""

from collections.abc import Iterable
from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.resource import Failed, Resource
from localstack_engines.core_types.iam.documents import policy_text
from localstack_engines.core_types.iam.principals import Principal, call, call_if_exists, principals


class Policy(Resource):
    TYPE = "AWS::IAM::Policy"
    RESET = ("Groups", "Roles", "Users")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        if not principals(model):
            raise Failed("At least one of [Groups,Roles,Users] must be non-empty.", "InvalidRequest")
        self.created(request)
        model["Id"] = self.default_name(request)
        self._put(self.client(request, "iam"), model)
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        iam, model, previous = self.client(request, "iam"), request.desired_state, request.previous_state
        model["Id"] = previous["Id"]
        self._put(iam, model)
        renamed = model["PolicyName"] != previous["PolicyName"]
        self._delete(iam, previous, principals(previous) if renamed else principals(previous) - principals(model))
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        model = request.desired_state
        self._delete(self.client(request, "iam"), model, principals(model))
        return self.done({})

    @staticmethod
    def _put(iam: Any, model: dict[str, Any]) -> None:
        name, document = model["PolicyName"], policy_text(model["PolicyDocument"])
        for principal in sorted(principals(model)):
            call(iam, "put_{}_policy", principal, PolicyName=name, PolicyDocument=document)

    @staticmethod
    def _delete(iam: Any, model: dict[str, Any], from_principals: Iterable[Principal]) -> None:
        for principal in sorted(from_principals):
            call_if_exists(iam, "delete_{}_policy", principal, PolicyName=model["PolicyName"])
