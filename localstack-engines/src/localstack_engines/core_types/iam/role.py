"""AWS::IAM::Role: an update changes the role in place.

LocalStack's own type ignores a changed inline policy, and it replaces the role when the trust policy changes, which
loses what was attached to it.

https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html
"""

import contextlib
from typing import Any

from localstack.services.cloudformation.resource_provider import ProgressEvent, ResourceRequest

from localstack_engines.cloudformation.properties import json_text, to_request
from localstack_engines.cloudformation.resource import Resource
from localstack_engines.cloudformation.tags import tag_list, update_tags
from localstack_engines.core_types.iam.documents import policy_text

_DEFAULT_SESSION_SECONDS = 3600


class Role(Resource):
    TYPE = "AWS::IAM::Role"
    RESET = ("Description", "ManagedPolicyArns", "MaxSessionDuration", "PermissionsBoundary", "Policies", "Tags")

    def create(self, request: ResourceRequest) -> ProgressEvent:
        iam, model = self.client(request, "iam"), request.desired_state
        model.setdefault("RoleName", self.default_name(request))
        properties = {**model, "AssumeRolePolicyDocument": json_text(model["AssumeRolePolicyDocument"])}
        arguments = to_request(iam, "CreateRole", properties, ignore=("ManagedPolicyArns", "Policies"))
        role = iam.create_role(**arguments)["Role"]
        self.created(request)
        model.update(Arn=role["Arn"], RoleId=role["RoleId"])
        self._update_policies(iam, model, {})
        return self.done(model)

    def update(self, request: ResourceRequest) -> ProgressEvent:
        iam, model, previous = self.client(request, "iam"), request.desired_state, request.previous_state
        model.update({name: previous[name] for name in ("RoleName", "Arn", "RoleId")})
        name = model["RoleName"]
        if model["AssumeRolePolicyDocument"] != previous.get("AssumeRolePolicyDocument"):
            iam.update_assume_role_policy(RoleName=name, PolicyDocument=json_text(model["AssumeRolePolicyDocument"]))
        changes = {
            "RoleName": name,
            "Description": model.get("Description") or "",
            "MaxSessionDuration": model.get("MaxSessionDuration") or _DEFAULT_SESSION_SECONDS,
        }
        iam.update_role(**to_request(iam, "UpdateRole", changes))
        if model.get("PermissionsBoundary"):
            iam.put_role_permissions_boundary(RoleName=name, PermissionsBoundary=model["PermissionsBoundary"])
        elif previous.get("PermissionsBoundary"):
            iam.delete_role_permissions_boundary(RoleName=name)
        self._update_policies(iam, model, previous)
        update_tags(
            previous.get("Tags"),
            model.get("Tags"),
            remove=lambda keys: iam.untag_role(RoleName=name, TagKeys=keys),
            put=lambda tags: iam.tag_role(RoleName=name, Tags=tag_list(tags)),
        )
        return self.done(model)

    def delete(self, request: ResourceRequest) -> ProgressEvent:
        iam, model = self.client(request, "iam"), request.desired_state
        self._update_policies(iam, {"RoleName": model["RoleName"]}, model)
        iam.delete_role(RoleName=model["RoleName"])
        return self.done({})

    @staticmethod
    def _update_policies(iam: Any, model: dict[str, Any], previous: dict[str, Any]) -> None:
        """Makes the role's managed and inline policies those of the new template."""
        name = model["RoleName"]
        old, new = set(previous.get("ManagedPolicyArns") or []), set(model.get("ManagedPolicyArns") or [])
        inline = {policy["PolicyName"]: policy["PolicyDocument"] for policy in model.get("Policies") or []}
        for arn in sorted(old - new):
            with contextlib.suppress(iam.exceptions.NoSuchEntityException):
                iam.detach_role_policy(RoleName=name, PolicyArn=arn)
        for policy in previous.get("Policies") or []:
            if policy["PolicyName"] not in inline:
                with contextlib.suppress(iam.exceptions.NoSuchEntityException):
                    iam.delete_role_policy(RoleName=name, PolicyName=policy["PolicyName"])
        for arn in sorted(new - old):
            iam.attach_role_policy(RoleName=name, PolicyArn=arn)
        for policy_name, document in inline.items():
            iam.put_role_policy(RoleName=name, PolicyName=policy_name, PolicyDocument=policy_text(document))
