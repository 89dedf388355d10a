"""AWS::IAM::ManagedPolicy: an update makes a new default version. LocalStack's own type has no update.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-managedpolicy.html
"""

from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import to_request
from localstack_engines.cloudformation.resource import Resource
from localstack_engines.core_types.iam.documents import policy_text
from localstack_engines.core_types.iam.principals import call, call_if_exists, principals

_MAXIMUM_VERSIONS = 5
"""Versions that a managed policy can have (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html)."""


class ManagedPolicy(Resource):
    TYPE = "AWS::IAM::ManagedPolicy"
    RESET = ("Groups", "Roles", "Users")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        iam, model = self.client(request, "iam"), request.desired_state
        name = model.setdefault("ManagedPolicyName", self.default_name(request, length=128))
        properties = {**model, "PolicyName": name, "PolicyDocument": policy_text(model["PolicyDocument"])}
        handled = ("ManagedPolicyName", "Groups", "Roles", "Users")
        policy = iam.create_policy(**to_request(iam, "CreatePolicy", properties, ignore=handled))
        model["PolicyArn"] = policy["Policy"]["Arn"]
        self._update_attachments(iam, model, {})
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        iam, model, previous = self.client(request, "iam"), request.desired_state, request.previous_state
        model.update({name: previous[name] for name in ("ManagedPolicyName", "PolicyArn")})
        if model["PolicyDocument"] != previous["PolicyDocument"]:
            self._delete_oldest_version(iam, model["PolicyArn"])
            document = policy_text(model["PolicyDocument"])
            iam.create_policy_version(PolicyArn=model["PolicyArn"], PolicyDocument=document, SetAsDefault=True)
        self._update_attachments(iam, model, previous)
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        iam, model = self.client(request, "iam"), request.desired_state
        self._update_attachments(iam, {"PolicyArn": model["PolicyArn"]}, model)
        for version in iam.list_policy_versions(PolicyArn=model["PolicyArn"])["Versions"]:
            if not version["IsDefaultVersion"]:
                iam.delete_policy_version(PolicyArn=model["PolicyArn"], VersionId=version["VersionId"])
        iam.delete_policy(PolicyArn=model["PolicyArn"])
        return self.done({})

    @staticmethod
    def _update_attachments(iam: Any, model: dict[str, Any], previous: dict[str, Any]) -> None:
        arn, old, new = model["PolicyArn"], principals(previous), principals(model)
        for principal in sorted(old - new):
            call_if_exists(iam, "detach_{}_policy", principal, PolicyArn=arn)
        for principal in sorted(new - old):
            call(iam, "attach_{}_policy", principal, PolicyArn=arn)

    @staticmethod
    def _delete_oldest_version(iam: Any, arn: str) -> None:
        """Makes room for a new version when the policy has as many as it can have."""
        versions = iam.list_policy_versions(PolicyArn=arn)["Versions"]
        if len(versions) >= _MAXIMUM_VERSIONS:
            oldest = min(
                (version for version in versions if not version["IsDefaultVersion"]),
                key=lambda version: version["CreateDate"],
            )
            iam.delete_policy_version(PolicyArn=arn, VersionId=oldest["VersionId"])
